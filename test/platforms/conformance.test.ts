import { describe, inject } from 'vitest';
import { conforms } from '../conformance/conforms.js';
import type { ConformancePlace } from '../conformance/places.js';
import { places } from '../conformance/places.js';
import { ConformanceServer } from '../conformance/server.js';
import { versionOf } from './places/packages.js';
import { run } from './places/processes.js';
import { bun, deno } from './places/runtimes.js';
import { isTested } from './proves.js';

type Outcomes = Record<string, string>;

const home = () => inject('home');

/** Plays the cases with a server of its own. */
async function play(place: (origin: string) => Promise<unknown>): Promise<Outcomes> {
  await using server = await ConformanceServer.start();
  return (await place(server.origin)) as Outcomes;
}

const processOf = (command: readonly string[], transport: string) => async (origin: string) =>
  JSON.parse(await run(home(), [...command, `${home()}/conformance.mjs`, origin, transport])) as Outcomes;

const rows: readonly (readonly [string, ConformancePlace, (origin: string) => Promise<unknown>])[] = [
  ['bun', places.bun, processOf(bun(), 'native')],
  ['bun', places.bunWs, processOf(bun(), 'ws')],
  ['deno', places.deno, processOf(deno('run'), 'native')],
  ['deno', places.denoWs, processOf(deno('run'), 'ws')],
];

for (const [runtime, place, playIn] of rows) {
  describe.skipIf(!isTested({ version: () => versionOf(runtime) }))(runtime, () => {
    let outcomes: Promise<Outcomes> | undefined;
    conforms(place, () => (outcomes ??= play(playIn)));
  });
}
