/*
 * Runs the command `rxwire` against a server with the failures of real servers. Exits with 0 if everything went as the
 * scenario says. With arguments it is just the command: `npm start -- wss://…`.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { showBatch, showLine, showPlain, showTitle } from './screen.mjs';
import { startServer } from './server.mjs';
import { Recorder } from './recorder.mjs';
import { chapters, settings } from './scenario.mjs';

const COMMAND = new URL('../../dist/cli.js', import.meta.url);
const LONGEST = 30_000;

if (process.argv.length > 2) await import(COMMAND.href);
else process.exitCode = await demo();

async function demo() {
  const since = performance.now();
  const server = await startServer(chapters.map(({ act }) => act));
  const recorder = new Recorder(chapters);
  const args = [server.url, ...settings];
  showPlain(`$ rxwire ${args.join(' ')}`, 'dim');

  const command = spawn(process.execPath, [fileURLToPath(COMMAND), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const tooLong = setTimeout(() => command.kill(), LONGEST);
  process.on('SIGTERM', () => command.kill());
  process.on('SIGINT', () => showPlain('')); // the terminal signals the command too; we wait until it ends

  createInterface({ input: command.stdout }).on('line', (line) => {
    const batch = JSON.parse(line);
    recorder.receive(batch);
    showBatch(batch);
  });
  let number = 0;
  createInterface({ input: command.stderr }).on('line', (line) => {
    const [, label, text] = /^(\S+)\s*(.*)$/.exec(line) ?? ['', '', line];
    const chapter = recorder.log(label, text);
    if (chapter) showTitle(++number, chapter.title);
    showLine(label, text);
  });

  const [status] = await once(command, 'close');
  clearTimeout(tooLong);
  server.stop();

  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const differences = [...recorder.differences(status)];
  if (differences.length === 0) showPlain(`\nThe scenario went as expected, in ${seconds} s.`, 'green');
  else showPlain(`\nThe scenario failed, after ${seconds} s:\n${differences.join('\n')}`, 'red');
  return differences.length === 0 ? 0 : 1;
}
