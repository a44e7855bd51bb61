import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What tests in virtual time reach. Sockets, the command and Angular have suites of their own. */
const FOLDERS = ['connection', 'logging', 'metrics', 'otel', 'page', 'protocol', 'rx', 'sessions', 'testing'];
const folders = ['operators', ...FOLDERS.map((name) => `src/${name}`)];

const sources = () =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((name) => name.endsWith('.ts') && !name.endsWith('index.ts'))
    .sort();

const quiet = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };

/** Instruments the sources, and keeps the list of mutants and the files in `.mutation`. */
export async function instrument() {
  const instrumenter = new Instrumenter(quiet);
  const { files, mutants } = await instrumenter.instrument(
    sources().map((name) => ({
      name: join(root, name),
      mutate: true,
      content: readFileSync(join(root, name), 'utf8'),
    })),
    { ignorers: [], plugins: null, excludedMutations: [] },
  );
  mkdirSync(join(root, '.mutation'), { recursive: true });
  writeFileSync(join(root, '.mutation/mutants.json'), JSON.stringify(mutants));
  writeFileSync(join(root, '.mutation/files.json'), JSON.stringify(files.map(({ name, content }) => [name, content])));
}
