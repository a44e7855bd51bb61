import { describe, expect, it } from 'vitest';
import { BUSY_RUNS, checkAlive } from '../helpers/alive/check.js';
import { faultyLibrary } from '../helpers/alive/faulty-library.js';
import { PLANTED, PLANTED_IN_DELIVERIES } from '../helpers/alive/planted-faults.js';
import { busyScript } from '../helpers/alive/script.js';

describe('The scripts that show that a run is alive find it where', () => {
  it.each(PLANTED.map((fault) => [fault.what, fault] as const))('%s', async (_, fault) => {
    const { failed } = await checkAlive(await faultyLibrary(fault), 1, true);

    expect(failed).toBe(true);
  });
});

describe('The scripts that show that no message is lost find it where', () => {
  it.each(PLANTED_IN_DELIVERIES.map((fault) => [fault.what, fault] as const))('%s', async (_, fault) => {
    const { failed } = await checkAlive(await faultyLibrary(fault), 1, true, busyScript, BUSY_RUNS);

    expect(failed).toBe(true);
  });
});
