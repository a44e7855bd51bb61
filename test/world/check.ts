import fc from 'fast-check';
import type { RunDetails } from 'fast-check';
import type { Library } from './library.js';
import { plans } from './plan.js';
import type { Plan } from './plan.js';
import { playWorld } from './play.js';

/** The world of a seed. */
export function planOf(seed: number): Plan {
  return fc.sample(plans, { seed, numRuns: 1 })[0]!;
}

/** Plays the worlds of a seed and, where one fails, smaller ones, until the smallest that fails is found. */
export function checkWorlds(
  library: Library,
  seed: number,
  numRuns: number,
  timeLimit?: number,
): Promise<RunDetails<[Plan]>> {
  const property = fc.asyncProperty(plans, async (plan) => {
    const { complaints } = await playWorld(library, plan);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  return fc.check(property, { seed, numRuns, ...(timeLimit !== undefined && { interruptAfterTimeLimit: timeLimit }) });
}
