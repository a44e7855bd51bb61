import { z } from 'zod';

/** A message of the feed: a trade of a topic, numbered from 1. */
export const trade = z.object({ topic: z.string(), n: z.int().positive(), price: z.number() });

export type Trade = z.infer<typeof trade>;

/** A subscription: the topic, and the number to start with. */
export interface Ask {
  readonly topic: string;
  readonly from: number;
}
