import { describe, expect, it } from 'vitest';
import { faultyLibrary } from '../helpers/alive/faulty-library.js';
import { planOf } from './check.js';
import type { Library } from './library.js';
import { PLANTED } from './planted-faults.js';
import { playWorld } from './play.js';

/** `WORLD_SEARCH=300` looks for the first world of so many that finds each fault; without it that world is played. */
const SEARCH = Number(process.env.WORLD_SEARCH ?? 0);

describe('Worlds find it where', () => {
  it.each(PLANTED.map((fault) => [fault.what, fault] as const))(
    '%s',
    async (_, fault) => {
      const faulty = await faultyLibrary<Library>(fault, './test/world/library.ts');

      expect(await firstFailure(faulty, fault.seed)).toBe(fault.seed);
    },
    Math.max(60_000, SEARCH * 2000),
  );
});

/** The seed of the first world that fails. */
async function firstFailure(library: Library, seed: number): Promise<number | undefined> {
  const last = SEARCH || seed;
  for (let each = SEARCH ? 1 : seed; each <= last; each++) {
    const { complaints } = await playWorld(library, planOf(each));
    if (complaints.length > 0) return each;
  }
  return undefined;
}
