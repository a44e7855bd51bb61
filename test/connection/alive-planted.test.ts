import { describe, expect, it } from 'vitest';
import { checkAlive } from '../helpers/alive/check.js';
import { faultyLibrary } from '../helpers/alive/faulty-library.js';
import { PLANTED } from '../helpers/alive/planted-faults.js';

describe('The scripts that show that a run is alive find it where', () => {
  it.each(PLANTED.map((fault) => [fault.what, fault] as const))('%s', async (_, fault) => {
    const { failed } = await checkAlive(await faultyLibrary(fault), 1, true);

    expect(failed).toBe(true);
  });
});
