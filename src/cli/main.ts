#!/usr/bin/env node
import { open } from 'node:fs/promises';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { asapScheduler, fromEvent, merge, observeOn, take } from 'rxjs';
import { readCommandLine, UsageError } from './command-line.js';
import type { CommandLine } from './command-line.js';
import { wantsColour } from './log-line.js';
import { run } from './run.js';
import { USAGE } from './usage.js';
import { version } from './version.js';

/** Runs the command. @returns the exit status */
async function main(args: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  let commandLine: CommandLine;
  try {
    commandLine = readCommandLine(args);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    stderr.write(`rxwire: ${thrown.message}\n\n${USAGE}`);
    return 2;
  }

  switch (commandLine.action) {
    case 'help':
      stdout.write(USAGE);
      return 0;
    case 'version':
      stdout.write(`${version()}\n`);
      return 0;
    case 'run': {
      const { settings } = commandLine;
      const inColour = wantsColour(stderr, env);
      // Only the first signal is handled, so that a second one kills the process. `asapScheduler` delays the first one
      // until its listener has been removed.
      const signal = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')).pipe(
        take(1),
        observeOn(asapScheduler),
      );
      let file: Readable | undefined;
      try {
        file = settings.sendFile === undefined ? undefined : (await open(settings.sendFile)).createReadStream();
      } catch (thrown) {
        stderr.write(`rxwire: ${(thrown as Error).message}\n`);
        return 2;
      }
      return run(settings, { file, stdin, stdout, stderr, inColour }, signal);
    }
  }
}

// No process.exit(): output that stdout still buffers would be lost.
void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
  // In Deno a read of stdin that waits keeps the process, even when stdin is destroyed.
  if ('Deno' in globalThis) process.stdout.write('', () => process.exit());
});
