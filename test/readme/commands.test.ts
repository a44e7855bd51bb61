import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtCommand } from '../cli/command.js';
import { serve } from '../cli/server.js';
import { blocksIn, ROOT } from './pages.js';

const PLACEHOLDER = /wss:\/\/feed\.example\/\S+/g;

/** The commands of the pages, split at line breaks and `&&`, without comments. */
const commands = blocksIn('sh').flatMap(({ code }) =>
  code
    .replaceAll(/ +#.*$/gm, '')
    .split(/\n|&&/)
    .map((line) => line.trim())
    .filter(Boolean),
);

const ofTheCheckout = commands.filter((command) => /^(npm|npx) /.test(command));
const ofTheShell = commands.filter((command) => !ofTheCheckout.includes(command));

const built = builtCommand();

/** Runs a line in a shell. `rxwire` is the built command, and the URL is that of a test server. @returns stdout */
async function shell(line: string, url: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rxwire-shell-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'rxwire'), `#!/bin/sh\nexec '${process.execPath}' '${built.path}' "$@"\n`, {
    mode: 0o755,
  });
  const { stdout } = await promisify(execFile)('sh', ['-c', line.replaceAll(PLACEHOLDER, url)], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}` },
    timeout: 20_000,
  }).catch((error: unknown) => {
    const failure = error as { code: number; stdout: string };
    if (failure.code !== 1) throw error; // 1: the server ended the connection, as below
    return failure;
  });
  return stdout;
}

/** The test suites that run a command. */
const RUN_BY: Readonly<Record<string, string>> = {
  'npm run dashboard': 'npm run test:dashboard',
  'npm run ingest': 'npm run test:ingest',
  'npm run ingest -- --unguarded': 'npm run test:ingest',
  'npm run ingest -- --keep 1': 'npm run test:ingest',
  'npm run exchange': 'npm run test:exchange',
  'npm run exchange -- --short': 'npm run test:exchange',
  'npm run exchange -- --short --without inSequence': 'npm run test:exchange',
  'npm run exchange -- --short --spoil': 'npm run test:exchange',
  'npm run simulate': 'npm run simulate -- --seed 2 --clients 5000', // the same, smaller
};

describe('A command of the pages', () => {
  it.each([...new Set(ofTheCheckout)])('is run by CI: %s', async (command) => {
    const steps = (await readFile(`${ROOT}.ci/run`, 'utf8')).replaceAll(/^(#|step ).*$/gm, '');
    const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };

    // CI runs the parts of `npm run check` one by one, so that it can report on the tests.
    const parts = command === 'npm run check' ? scripts.check!.split(' && ') : [RUN_BY[command] ?? command];

    for (const part of parts) expect(`${steps}\n${scripts['check:static']!}`).toContain(part);
  });

  it.each([...new Set(ofTheShell)])('works: %s', async (line) => {
    const server = await serve([
      (socket) => {
        for (let id = 1; id <= 150; id++) socket.send(JSON.stringify({ id }));
        if (!line.startsWith('echo')) socket.close(4403);
        else socket.on('message', () => socket.close(4403));
      },
    ]);

    const printed = (await shell(line, server.url)).trim().split('\n');

    if (line.includes('--help')) expect(printed[0]).toMatch(/^Usage: rxwire/);
    else if (line.includes('--batch 100')) expect(printed.map((batch) => JSON.parse(batch).length)).toEqual([100, 50]);
    else expect(printed).toHaveLength(150);
    if (line.startsWith('echo')) expect(await server.received(1)).toEqual(['{"op":"subscribe","channel":"trades"}']);
  });

  it('is found', () => {
    expect(ofTheCheckout).toContain('npm start');
    expect(ofTheShell).toHaveLength(3);
  });
});
