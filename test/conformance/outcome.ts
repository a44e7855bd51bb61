import { groupOf } from './groups.js';
import { OK } from './judge.js';
import type { Deviations } from './places.js';

/** The outcome of a case in a place with these deviations. */
export function outcomeIn(deviations: Deviations, id: string): string {
  const names = (listed: readonly string[]) => listed.includes(id) || listed.includes(`${groupOf(id)}.*`);
  return Object.entries(deviations).find(([, listed]) => names(listed))?.[0] ?? OK;
}
