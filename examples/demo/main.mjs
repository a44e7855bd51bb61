/*
 * The command `rxwire` against a server that misbehaves as real ones do. Exits with 0 if all went as the story has it.
 * With arguments it is just the command: `npm start -- wss://…`.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { showBatch, showLine, showPlain, showTitle } from './screen.mjs';
import { startServer } from './server.mjs';
import { chapters, settings } from './story.mjs';
import { Witness } from './witness.mjs';

const COMMAND = new URL('../../dist/cli.js', import.meta.url);
const LONGEST = 30_000;

if (process.argv.length > 2) await import(COMMAND.href);
else process.exitCode = await demo();

async function demo() {
  const since = performance.now();
  const server = await startServer(chapters.map(({ act }) => act));
  const witness = new Witness(chapters);
  const args = [server.url, ...settings];
  showPlain(`$ rxwire ${args.join(' ')}`, 'dim');

  const command = spawn(process.execPath, [fileURLToPath(COMMAND), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const tooLong = setTimeout(() => command.kill(), LONGEST);
  process.on('SIGTERM', () => command.kill());
  process.on('SIGINT', () => showPlain('')); // a terminal tells the command too, and its end is waited for

  createInterface({ input: command.stdout }).on('line', (line) => {
    const batch = JSON.parse(line);
    witness.receive(batch);
    showBatch(batch);
  });
  let number = 0;
  createInterface({ input: command.stderr }).on('line', (line) => {
    const [, word, text] = /^(\S+)\s*(.*)$/.exec(line) ?? ['', '', line];
    const chapter = witness.hear(word, text);
    if (chapter) showTitle(++number, chapter.title);
    showLine(word, text);
  });

  const [status] = await once(command, 'close');
  clearTimeout(tooLong);
  server.stop();

  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const objections = [...witness.objections(status)];
  if (objections.length === 0) showPlain(`\nThe story went as told, in ${seconds} s.`, 'green');
  else showPlain(`\nThe story went otherwise, after ${seconds} s:\n${objections.join('\n')}`, 'red');
  return objections.length === 0 ? 0 : 1;
}
