import { createHash } from 'node:crypto';

export const PROGRAMS = ['feed', 'ingester 1', 'ingester 2'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Who is killed, all at once, and when: at what share of all messages. */
export interface Strike {
  readonly at: number;
  readonly victims: readonly Program[];
}

/** What is killed together: each by itself, each two, all three. */
const COMBINATIONS = [1, 2, 3, 4, 5, 6, 7].map((bits) => PROGRAMS.filter((_, index) => bits & (1 << index)));

/** Numbers from 0 to 1, the same ones for the same seed. */
export function diceOf(seed: string): () => number {
  let rolls = 0;
  return () => createHash('sha256').update(`${seed} ${rolls++}`).digest().readUInt32BE() / 2 ** 32;
}

/** So many rounds of seven strikes and twelve kills: every combination, in random order, at random moments. */
export function planStrikes(rounds: number, dice: () => number): Strike[] {
  const order = Array.from({ length: rounds }, () => shuffle(COMBINATIONS, dice)).flat();
  // Apart enough to hit in different states, and not so late that nobody has to come back.
  return order.map((victims, index) => ({ at: 0.03 + (0.87 * (index + dice())) / order.length, victims }));
}

function shuffle<T>(values: readonly T[], dice: () => number): T[] {
  return values
    .map((value) => ({ value, rank: dice() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}
