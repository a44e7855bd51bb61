export { loadAdapter } from './runner/adapter.mjs';
export { runAll, runScenario } from './runner/run.mjs';
export { scenarios } from './scenarios/index.mjs';
export { markdown, overview, settings } from './report/markdown.mjs';
export { json } from './report/json.mjs';
