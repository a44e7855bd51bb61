import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BUSY_RUNS, checkAlive, SEED } from '../helpers/alive/check.js';
import { library } from '../helpers/alive/library.js';
import { busyScript } from '../helpers/alive/script.js';

it(
  'every message is sent once and in order, waits, or is reported as dropped, whatever happens meanwhile',
  async () => {
    const details = await checkAlive(library, SEED, false, busyScript, BUSY_RUNS);

    expect(details.failed, fc.defaultReportMessage(details)).toBe(false);
  },
  Math.max(60_000, BUSY_RUNS * 50),
);
