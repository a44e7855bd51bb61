import fc from 'fast-check';
import type { RunDetails } from 'fast-check';
import type { Library } from './library.js';
import { playAlive } from './play.js';
import { script } from './script.js';
import type { Script } from './script.js';

/** How many scripts are played. `ALIVE_RUNS=100000` looks harder, and `ALIVE_SEED` repeats a failure, which prints its seed. */
export const RUNS = Number(process.env.ALIVE_RUNS ?? 5000);
/** As many scripts with messages take longer. */
export const BUSY_RUNS = Number(process.env.ALIVE_RUNS ?? 1500);

export const SEED = process.env.ALIVE_SEED === undefined ? undefined : Number(process.env.ALIVE_SEED);

/** Plays scripts on a library until one shows that a run is not alive. */
export function checkAlive(
  library: Library,
  seed?: number,
  endOnFailure = false,
  scripts = script,
  numRuns = RUNS,
): Promise<RunDetails<[Script]>> {
  const property = fc.asyncProperty(scripts, async (each) => {
    const complaints = await playAlive(library, each);
    if (complaints.length > 0) throw new Error(complaints.join('; '));
  });
  return fc.check(property, { numRuns, endOnFailure, ...(seed !== undefined && { seed }) });
}
