import { firstValueFrom, lastValueFrom, map, takeUntil, timer, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFrom } from '../helpers/program.js';
import { alive } from './clocks/alive.js';
import { durations } from './clocks/durations.js';
import { FakedProcess } from './clocks/faked-process.js';
import { healthy } from './clocks/healthy.js';
import { PatientServer } from './clocks/patient-server.js';
import { canHappen } from './servers/command.js';

const HOUR = 3_600_000;

type Measured = readonly [name: string, value: number];

/** What fell due while the process was stopped happens so soon after it; a verdict of a heartbeat waits for a second. */
const SOON = 1500;

const kinds = { alive, durations, healthy };

/** Nothing happens for so many milliseconds, and nobody can set that. */
const pass = (milliseconds: number) => lastValueFrom(timer(milliseconds), { defaultValue: 0 });

describe.runIf(canHappen({ programs: ['faketime'] }))('In a process whose clock is set by somebody', () => {
  let server: PatientServer;

  beforeAll(async () => {
    await buildFrom('faults/clocks', 'measure-durations', 'outbox-age');
    server = await PatientServer.start();
  }, 60_000);

  afterAll(() => server.stop());

  /** Measures all of a kind, and does something meanwhile. @returns those that were not as expected */
  async function measure(
    kind: keyof typeof kinds,
    { unit, slack, patience }: { readonly unit: number; readonly slack: number; readonly patience: number },
    steps: readonly number[],
    meanwhile: (child: FakedProcess) => unknown = () => {},
  ): Promise<string[]> {
    const child = new FakedProcess('measure-durations', kind, server.url, String(unit), ...steps.map(String));
    const all = lastValueFrom(child.messages.pipe(takeUntil(timer(patience)), toArray()));
    await firstValueFrom(child.messages);
    const begun = performance.now();
    await meanwhile(child);
    const busy = performance.now() - begun;
    const measured = new Map((await all) as Measured[]);
    await child.kill();
    return Object.entries(kinds[kind]('', unit)).flatMap(([name, { expected, isCount }]) => {
      const [least, most] = isCount ? [expected, expected] : [expected - 20, Math.max(expected + slack, busy + SOON)];
      const value = measured.get(name) ?? NaN;
      return value >= least && value <= most ? [] : [`${name}: expected ${least} to ${most}, got ${value}`];
    });
  }

  it.each([
    ['durations', 'forward by an hour, again and again', [HOUR]],
    ['durations', 'back by an hour, again and again', [-HOUR]],
    ['durations', 'forward and back', [HOUR, -HOUR, -HOUR, HOUR]],
    ['healthy', 'forward by an hour, again and again', [HOUR]],
    ['healthy', 'back by an hour, again and again', [-HOUR]],
  ] as const)('%s are what they were: %s', async (kind, _, steps) => {
    expect(await measure(kind, { unit: 400, slack: 1000, patience: 10_000 }, steps)).toEqual([]);
  });

  it.each([
    ['and on no clock', 0],
    ['and an hour passes on its wall clock', HOUR],
  ])('durations are what they were where it is stopped meanwhile, %s', async (_, step) => {
    const [unit, stop] = [3500, 2000];

    const wrong = await measure('durations', { unit, slack: stop - 300, patience: 15_000 }, [], async (child) => {
      await pass(1000); // all connections are open, and pinged
      child.freeze();
      child.clock.step(step);
      await pass(stop);
      child.thaw();
    });

    expect(wrong).toEqual([]);
  });

  it('a healthy connection outlives that the process is stopped for longer than its timeout', async () => {
    const limits = { unit: 400, slack: 0, patience: 10_000 };

    const wrong = await measure('alive', limits, [], async (child) => {
      await pass(100);
      await stopFor(2200, child);
    });

    expect(wrong).toEqual([]);
  });

  it.each<[string, string, (child: FakedProcess) => unknown]>([
    ['expired', 'is set forward by an hour', ({ clock }) => clock.step(HOUR)],
    ['expired', 'is set back by an hour, and more than that passes', ({ clock }) => (clock.step(-HOUR), pass(700))],
    ['sent', 'is set back by an hour, and less passes', ({ clock }) => clock.step(-HOUR)],
    ['sent', 'is right', () => {}],
    ['expired', 'is right, and the process is stopped for longer', (child) => stopFor(700, child)],
    [
      'expired',
      'is set forward while the process is stopped for less',
      (child) => (child.clock.step(HOUR), stopFor(20, child)),
    ],
  ])('a message with a maxAge is %s where the clock %s', async (fate, _, happens) => {
    const child = new FakedProcess('outbox-age', server.url, '600');
    await firstValueFrom(child.messages);

    await happens(child);
    const answer = firstValueFrom(child.messages.pipe(map(String)));
    child.ask();

    expect(await answer).toBe(fate);
    await child.kill();
  });
});

async function stopFor(milliseconds: number, child: FakedProcess): Promise<void> {
  child.freeze();
  await pass(milliseconds);
  child.thaw();
}
