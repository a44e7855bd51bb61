import { backoffDelay } from '../../src/protocol/backoff.js';
import type { Backoff } from '../../src/protocol/backoff.js';

/** The delays of one client, in milliseconds, asked for one retry in a row after the other; the first is 0. */
export type Policy = (random: () => number) => (retry: number) => number;

/** What `retryWithBackoff` waits, whose arithmetic this is. */
const ours =
  (options: Partial<Backoff> = {}): Policy =>
  (random) => {
    const backoff: Backoff = { initialDelay: 1000, maxDelay: 30_000, factor: 2, jitter: 'full', ...options };
    let previous = backoff.initialDelay;
    return (retry) => (previous = backoffDelay(backoff, retry, previous, random));
  };

/** By name; other libraries' as the defaults of these versions have them. */
export const policies = {
  'full jitter (default)': ours(),
  'full jitter, initialDelay 5000': ours({ initialDelay: 5000 }),
  'equal jitter': ours({ jitter: 'equal' }),
  'decorrelated jitter': ours({ jitter: 'decorrelated' }),
  'no jitter': ours({ jitter: 'none' }),
  // It rolls its dice once, when the module is loaded.
  'reconnecting-websocket 4.4.0': (random) => {
    const least = 1000 + random() * 4000;
    return (retry) => Math.min(10_000, least * 1.3 ** retry);
  },
  'partysocket 1.3.0': () => (retry) => Math.min(10_000, 3000 * 1.3 ** retry),
  // One number says how far from the ceiling, and its first decimal whether below or above.
  'socket.io-client 4.8.4': (random) => (retry) => {
    const delay = 1000 * 2 ** retry;
    const chance = random();
    const deviation = Math.floor(chance * 0.5 * delay);
    return Math.floor(Math.min(5000, Math.floor(chance * 10) % 2 === 0 ? delay - deviation : delay + deviation));
  },
  // `async for`: after a connection that was open the first attempt is made at once.
  'Python websockets 17.1': (random) => (retry) =>
    retry === 0 ? 0 : retry === 1 ? random() * 5000 : Math.min(90_000, 3100 * 1.618 ** (retry - 2)),
} satisfies Readonly<Record<string, Policy>>;
