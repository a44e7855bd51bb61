import { afterAll, describe, expect, it } from 'vitest';
import { faultyLibrary } from '../helpers/alive/faulty-library.js';
import { checkWorlds, planOf } from './check.js';
import { readSeeds, writeFaults } from './faults-page.js';
import type { FoundFault } from './faults-page.js';
import type { Library } from './library.js';
import { PLANTED } from './planted-faults.js';
import { playWorld } from './play.js';

/** `WORLD_SEARCH=300` looks for the first world of so many that finds each fault, and writes docs/world.md. */
const SEARCH = Number(process.env.WORLD_SEARCH ?? 0);
/** Milliseconds in which such a world is shrunk. */
const SHRINKING = 25_000;

const found: FoundFault[] = [];

describe('Worlds find it where', () => {
  it.each(PLANTED.map((fault) => [fault.what, fault] as const))(
    '%s',
    async (what, fault) => {
      const faulty = await faultyLibrary<Library>(fault, './test/world/library.ts');
      const seed = SEARCH ? await firstFailure(faulty) : (await readSeeds()).get(what);

      expect(seed).toBeDefined();
      expect(await complaintOf(faulty, planOf(seed!))).toBeDefined();
      if (SEARCH) found.push(await shrunk(faulty, what, seed!));
    },
    60_000 + SEARCH * 2000,
  );

  afterAll(() => (SEARCH ? writeFaults(found) : undefined));
});

/** The seed of the first world that fails. */
async function firstFailure(library: Library): Promise<number | undefined> {
  for (let seed = 1; seed <= SEARCH; seed++) if ((await complaintOf(library, planOf(seed))) !== undefined) return seed;
  return undefined;
}

async function complaintOf(library: Library, plan: ReturnType<typeof planOf>): Promise<string | undefined> {
  return (await playWorld(library, plan)).complaints[0];
}

async function shrunk(library: Library, what: string, seed: number): Promise<FoundFault> {
  const { counterexample, interrupted } = await checkWorlds(library, seed, 1, SHRINKING);
  const [plan] = counterexample ?? [planOf(seed)];
  const complaint = (await complaintOf(library, plan))!.replace(/^[\d.]+ s: /, '');
  return { what, seed, plan, isCutOff: interrupted, complaint };
}
