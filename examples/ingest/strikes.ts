import { createHash } from 'node:crypto';

export const PROGRAMS = ['feed', 'ingester 1', 'ingester 2'] as const;
export type Program = (typeof PROGRAMS)[number];

/** The programs to kill at the same time, and when: at which share of all messages. */
export interface Strike {
  readonly at: number;
  readonly victims: readonly Program[];
}

/** All combinations: each program alone, each pair, all three. */
const COMBINATIONS = [1, 2, 3, 4, 5, 6, 7].map((bits) => PROGRAMS.filter((_, index) => bits & (1 << index)));

/** Random numbers from 0 to 1. The same seed gives the same numbers. */
export function seededRandom(seed: string): () => number {
  let calls = 0;
  return () => createHash('sha256').update(`${seed} ${calls++}`).digest().readUInt32BE() / 2 ** 32;
}

/** Plans rounds of seven strikes with twelve kills: every combination, in random order, at random times. */
export function planStrikes(rounds: number, random: () => number): Strike[] {
  const order = Array.from({ length: rounds }, () => shuffle(COMBINATIONS, random)).flat();
  // Far enough apart to hit different states, and early enough that the programs have to recover.
  return order.map((victims, index) => ({ at: 0.03 + (0.87 * (index + random())) / order.length, victims }));
}

function shuffle<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}
