import { from, lastValueFrom, mergeMap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbageOf, leavesNothingBehind } from '../helpers/leftovers.js';
import type { Pace } from './clients/client.js';
import { rxwire } from './clients/rxwire.js';
import type { Fault, FaultGroup } from './fault.js';
import { keepsItsPromises } from './invariants.js';
import { suffer } from './suffer.js';

/** Short waits, and patience with a busy machine. */
const QUICK: Pace = {
  heartbeat: { interval: 100, timeout: 2000 },
  retryDelay: 50,
  connectTimeout: 2000,
  closeTimeout: 3000,
  patience: 20_000,
};

/** How many variants of a fault happen at the same time. */
const AT_ONCE = 8;

/** Lets a fault happen to rxwire, and looks at every promise. */
async function prove(fault: Fault): Promise<void> {
  const suffering = await suffer(fault, rxwire, QUICK);
  collectGarbageOf({ clients: 0, stop: suffering.stop });
  keepsItsPromises(fault, suffering, QUICK);
}

/** A test a fault. */
export function proveAll({ title, faults }: FaultGroup, canHappen = true): void {
  describe.runIf(canHappen)(`${title}: rxwire keeps its promises when`, () => {
    leavesNothingBehind();
    leavesNothingUncaught();

    it.each(faults.map((fault) => [fault.name, fault] as const))('%s', (_, { variants = [], ...fault }) =>
      lastValueFrom(from([fault, ...variants]).pipe(mergeMap(prove, AT_ONCE))),
    );
  });
}

/** After every test of the file: no error that nobody handled. */
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
