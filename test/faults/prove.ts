import { from, lastValueFrom, mergeMap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbageOf, leavesNothingBehind } from '../helpers/leftovers.js';
import type { Pace } from './clients/client.js';
import { rxwire } from './clients/rxwire.js';
import type { Fault, FaultGroup } from './fault.js';
import { expectGuarantees } from './invariants.js';
import { runFault } from './run-fault.js';

/** Short waits, but long timeouts for a busy machine. */
const QUICK: Pace = {
  heartbeat: { interval: 100, timeout: 2000 },
  retryDelay: 50,
  connectTimeout: 2000,
  closeTimeout: 3000,
  patience: 20_000,
};

/** How many variants of a fault run at the same time. */
const AT_ONCE = 8;

/** Causes a fault for rxwire, and checks every guarantee. */
async function prove(fault: Fault): Promise<void> {
  const run = await runFault(fault, rxwire, QUICK);
  collectGarbageOf({ clients: 0, stop: run.stop });
  expectGuarantees(fault, run, QUICK);
}

/** Defines a test for each fault. */
export function proveAll({ title, faults }: FaultGroup, canHappen = true): void {
  describe.runIf(canHappen)(`${title}: rxwire keeps its guarantees when`, () => {
    leavesNothingBehind();
    leavesNothingUncaught();

    it.each(faults.map((fault) => [fault.name, fault] as const))('%s', (_, { variants = [], ...fault }) =>
      lastValueFrom(from([fault, ...variants]).pipe(mergeMap(prove, AT_ONCE))),
    );
  });
}

/** Checks after each test of the file that there was no unhandled error. */
function leavesNothingUncaught(): void {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);

  beforeEach(() => {
    process.on('unhandledRejection', note).on('uncaughtExceptionMonitor', note);
  });

  afterEach(() => {
    process.off('unhandledRejection', note).off('uncaughtExceptionMonitor', note);
    expect(uncaught.splice(0)).toEqual([]);
  });
}
