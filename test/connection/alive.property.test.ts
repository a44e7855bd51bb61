import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkAlive, RUNS, SEED } from '../helpers/alive/check.js';
import { library } from '../helpers/alive/library.js';

it(
  'a run is alive, or has ended and says so, whatever its supervision does to events',
  async () => {
    const details = await checkAlive(library, SEED);

    expect(details.failed, fc.defaultReportMessage(details)).toBe(false);
  },
  Math.max(60_000, RUNS * 50),
);
