import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play } from '../helpers/model/play.js';
import { script } from '../helpers/model/steps.js';

/** How many scripts are played. `MODEL_RUNS=100000` looks harder, and `MODEL_SEED` repeats a failure, which prints its seed. */
const RUNS = Number(process.env.MODEL_RUNS ?? 1000);

it(
  'a connection is as the model says, whatever the server and its users do',
  async () => {
    await fc.assert(
      fc.asyncProperty(script, async (each) => {
        expect(await play(each)).toEqual([]);
      }),
      { numRuns: RUNS, ...(process.env.MODEL_SEED && { seed: Number(process.env.MODEL_SEED) }) },
    );
  },
  Math.max(60_000, RUNS * 50),
);
