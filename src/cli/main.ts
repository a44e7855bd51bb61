#!/usr/bin/env node
import process from 'node:process';
import { asapScheduler, fromEvent, merge, observeOn, take } from 'rxjs';
import type { Observable } from 'rxjs';
import { completion } from './completion.js';
import { readCommandLine } from './command-line.js';
import type { CommandLine } from './command-line.js';
import { equip } from './equipment.js';
import type { Equipment } from './equipment.js';
import { wantsColour } from './log-line.js';
import { pipeConsole } from './pipe-console.js';
import { readerGone } from './reader-watch.js';
import { run } from './run.js';
import type { Settings } from './settings.js';
import { UsageError } from './usage-error.js';
import { terminalConsole } from './terminal/terminal-console.js';
import { SHORT_USAGE, usage } from './usage.js';
import { version } from './version.js';

const INVALID = 2;

/** Runs the command. @returns the exit status */
async function main(args: readonly string[]): Promise<number> {
  const { stderr } = process;
  let commandLine: CommandLine;
  try {
    commandLine = readCommandLine(args);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    stderr.write(`rxwire: ${thrown.message}\n\n${SHORT_USAGE}`);
    return INVALID;
  }

  switch (commandLine.action) {
    case 'help':
      return print(usage());
    case 'version':
      return print(`${version()}\n`);
    case 'completion':
      return print(completion(commandLine.shell));
    case 'run':
      return runWith(commandLine.settings);
  }
}

/** Writes all of a text, or as much as somebody reads. @returns the exit status */
function print(text: string): Promise<number> {
  const { stdout, stderr } = process;
  return new Promise((resolve) => {
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') stderr.write(`rxwire: ${error.message}\n`);
      resolve(Number(error.code !== 'EPIPE'));
    });
    stdout.write(text, (error) => {
      if (!error) resolve(0);
    });
  });
}

async function runWith(settings: Settings): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  let equipment: Equipment;
  try {
    equipment = await equip(settings, env);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    stderr.write(`rxwire: ${thrown.message}\n`);
    return INVALID;
  }
  const hasPrompt = stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb';
  const console = hasPrompt
    ? terminalConsole({
        stdin,
        stdout,
        stderr,
        inColour: wantsColour(stdout, env),
        hasStatus: !settings.quiet,
        endsOnEof: settings.exitAfter === undefined,
        interrupt: () => process.kill(process.pid, 'SIGINT'),
      })
    : pipeConsole({ stdin, stdout, stderr, inColour: wantsColour(stderr, env), readerGone });
  const status = await run(settings, {
    ...equipment,
    console,
    onTerminal: stdout.isTTY,
    logLevel: settings.logLevel ?? (hasPrompt ? 'info' : 'debug'), // the status line shows what `debug` adds
    stop: firstSignal,
  });
  await equipment.finish();
  return status;
}

/**
 * Only the first signal is handled, so that a second one kills the process. `asapScheduler` delays the first one until its
 * listener has been removed. SIGHUP comes when the window of a terminal is closed, and also without a listener it ends
 * what nohup has started, because Node resets it.
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const firstSignal: Observable<unknown> = merge(...SIGNALS.map((signal) => fromEvent(process, signal))).pipe(
  take(1),
  observeOn(asapScheduler),
);

// No process.exit(): output that stdout still buffers would be lost.
void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
  // In Deno a read of stdin that waits keeps the process, even when stdin is destroyed.
  if ('Deno' in globalThis) process.stdout.write('', () => process.exit());
});
