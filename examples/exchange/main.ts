/* `npm run exchange`: whether a client keeps its books right, whatever an exchange does. Exits with 0 if so. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import colours from 'picocolors';
import {
  concatMap,
  firstValueFrom,
  from,
  fromEvent,
  ignoreElements,
  interval,
  map,
  merge,
  mergeMap,
  tap,
  toArray,
} from 'rxjs';
import { startNats } from '../ingest/nats-server.js';
import { liveScreen, plainScreen } from './screen.js';
import { readSettings, USAGE } from './settings.js';
import type { Settings } from './settings.js';
import { tableOf } from './table.js';
import { Trial } from './trial.js';

const INTERRUPTED = 130;

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) process.exitCode = await show(settings);
  else console.log(USAGE);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function show(settings: Settings): Promise<number> {
  const nats = await startNats();
  const folder = await mkdtemp(join(tmpdir(), 'rxwire-exchange-'));
  let status: number | undefined;
  try {
    status = await watch(settings, nats.port, folder);
  } finally {
    await nats.stop();
    if (status === 1) console.log(`The logs of the clients are in ${folder}.`);
    else await rm(folder, { recursive: true });
  }
  if (status === INTERRUPTED) process.exit(status); // clients end with this process
  return status;
}

/** @returns the exit status */
async function watch(settings: Settings, natsPort: number, folder: string): Promise<number> {
  const { settings: names, isShort, seed } = settings;
  const { stdout } = process;
  const paint = colours.createColors(stdout.isTTY && colours.isColorSupported);
  const write = (text: string) => void stdout.write(text);
  const screen = stdout.isTTY ? liveScreen(write, () => stdout.columns) : plainScreen(write);
  screen.say(`${names.join(', ')}: ${settings.symbols} books each, seed ${seed}`);

  const trials: Trial[] = [];
  const findings = from(names).pipe(
    mergeMap(
      (name) => {
        const trial = new Trial(name, { settings, natsPort, folder, say: (line) => screen.say(line) });
        trials.push(trial);
        return trial.run();
      },
      isShort ? Infinity : 1,
    ),
    tap(({ summary, failures }) =>
      screen.say([paint.green(summary), ...failures.map((line) => paint.red(`  WRONG: ${line}`))].join('\n')),
    ),
    toArray(),
    tap(() => screen.show(tableOf(trials))),
  );
  const observing = interval(stdout.isTTY ? 500 : 2000).pipe(
    concatMap(() => Promise.all(trials.map((trial) => trial.observe()))),
    tap(() => screen.show(tableOf(trials))),
    ignoreElements(),
  );
  const interrupted = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')).pipe(map(() => INTERRUPTED));
  const result = findings.pipe(map((all) => (all.some(({ failures }) => failures.length) ? 1 : 0)));
  return firstValueFrom(merge(result, observing, interrupted));
}
