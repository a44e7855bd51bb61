export { coldOn } from './cold-on.js';
export { accept, closeWith, ping, pong, raw, refuseWith } from './script.js';
export type { Acceptance, ScriptStep } from './script.js';
export type { ClientClose } from './scripted-peer.js';
export { scriptedServer } from './scripted-server.js';
export type { Cold, ScriptedRequest, ScriptedServer } from './scripted-server.js';
