import { describe, expect, it } from 'vitest';
import type { Case } from './case.js';
import { cases } from './cases/index.js';
import { OK } from './judge.js';
import { outcomeIn } from './outcome.js';
import { GROUPS, groupOf } from './groups.js';
import type { ConformancePlace, Deviations } from './places.js';

type Outcomes = Readonly<Record<string, string>>;

/**
 * Has a test for each group of cases.
 *
 * @param play plays these cases, or all of them
 */
export function conforms(
  { name, deviations, sometimes = {} }: ConformancePlace,
  play: (group: readonly Case[]) => Promise<Outcomes>,
): void {
  describe(name, () => {
    it.each(Object.entries(GROUPS))(
      '%s: %s',
      async (group) => {
        const played = cases.filter(({ id }) => groupOf(id) === group);
        const outcomes = await play(played);

        const isSometimes = (id: string) => sometimes[outcomes[id]!]?.includes(id);
        const ids = played.map(({ id }) => id).filter((id) => !isSometimes(id));
        expect(listed(ids, (id) => outcomes[id] ?? 'is missing')).toEqual(
          listed(ids, (id) => outcomeIn(deviations, id)),
        );
      },
      120_000,
    );
  });
}

/** The outcomes that are not `ok`, with their cases. */
function listed(ids: readonly string[], outcomeOf: (id: string) => string): Deviations {
  const found: Record<string, string[]> = {};
  for (const id of ids.filter((one) => outcomeOf(one) !== OK)) (found[outcomeOf(id)] ??= []).push(id);
  return found;
}
