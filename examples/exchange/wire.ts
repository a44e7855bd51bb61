import type { Book } from './book.js';
import type { Delta } from './market.js';
import type { Message } from './messages.js';
import type { Rules } from './rules.js';

/** A change, as the exchange words it. */
export function deltaMessage(rules: Rules, { symbol, from, to, changes }: Delta, channel: number): Partial<Message> {
  const { hasChannels, numbers } = rules;
  return {
    event: 'delta',
    ...(hasChannels ? { channel } : { symbol }),
    ...(numbers === 'range' && { first: from }),
    ...(numbers === 'previous' && { prev: from - 1 }),
    number: to,
    changes,
  };
}

/** A whole book. */
export function snapshotMessage(
  { hasChannels }: Rules,
  symbol: string,
  { number, levels }: Book,
  channel: number,
): Partial<Message> {
  return { event: 'snapshot', ...(hasChannels ? { channel } : { symbol }), number, changes: levels };
}
