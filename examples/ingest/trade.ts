import { z } from 'zod';

/** What the feed sends: the trades of a topic, numbered from 1 on. */
export const trade = z.object({ topic: z.string(), n: z.int().positive(), price: z.number() });

export type Trade = z.infer<typeof trade>;

/** What it is asked for: a topic, from a number on. */
export interface Ask {
  readonly topic: string;
  readonly from: number;
}
