import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

const journals = () => readdirSync('.mutation').filter((name) => name.endsWith('.jsonl'));
const linesIn = (name) =>
  readFileSync(`.mutation/${name}`, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

export const isNoticed = ({ status }) => status === 'killed' || status === 'timeout';

/**
 * What became of each mutant: `killed`, `timeout`, `survived`, `unreached`, or `static` where it acts only while files
 * are loaded and was not tried then.
 */
export function verdicts() {
  const lines = journals().flatMap(linesIn);
  const known = new Map(lines.filter(({ mutant }) => mutant).map(({ mutant, status }) => [mutant, status]));
  const reached = new Set(lines.flatMap((line) => line.reached ?? []));
  const loaded = new Set(lines.flatMap((line) => line.static ?? []));
  const unnoticed = (id) => (reached.has(id) ? 'survived' : loaded.has(id) ? 'static' : 'unreached');
  const statusOf = (id) => {
    const status = known.get(id) ?? 'unsure';
    return status === 'unsure' ? unnoticed(id) : status;
  };
  return JSON.parse(readFileSync('.mutation/mutants.json', 'utf8')).map((mutant) => ({
    ...mutant,
    file: relative('.', mutant.fileName),
    status: statusOf(mutant.id),
  }));
}

/** All tests may run again. */
export function forgetTests() {
  for (const name of journals()) {
    const lines = linesIn(name);
    const [reached, atLoad] = ['reached', 'static'].map((key) => [
      ...new Set(lines.flatMap((line) => line[key] ?? [])),
    ]);
    const kept = [...lines.filter(({ mutant }) => mutant), { before: true, reached, static: atLoad }];
    writeFileSync(`.mutation/${name}`, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

/** What stood in a place, and what stands there instead, each in one line. */
export function changeOf({ file, location: { start, end }, replacement }) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column);
  lines[0] = lines[0].slice(start.column);
  const short = (text) => {
    const line = text.replaceAll(/\s+/g, ' ');
    return line.length > 60 ? `${line.slice(0, 59)}…` : line;
  };
  return `${short(lines.join(' '))} → ${short(replacement)}`;
}
