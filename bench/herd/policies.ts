import { backoffDelay } from '../../src/protocol/backoff.js';
import type { Backoff } from '../../src/protocol/backoff.js';
import { leastWait, spreadAbove } from '../../src/protocol/verdict.js';

/**
 * The delays of one client, in milliseconds, asked for one retry in a row after the other; the first is 0. `said` is what
 * the server has told it.
 */
export type Policy = (random: () => number) => (retry: number, said?: Error) => number;

/** The delays of `retryWithBackoff`, from its own function. */
const ours =
  ({ isSpread = true, ...options }: Partial<Backoff> & { isSpread?: boolean } = {}): Policy =>
  (random) => {
    const backoff: Backoff = { initialDelay: 1000, maxDelay: 30_000, factor: 2, jitter: 'full', ...options };
    let previous = backoff.initialDelay;
    return (retry, said) => {
      const roll = random();
      previous = backoffDelay(backoff, retry, previous, () => roll);
      const floor = leastWait(said) ?? 0;
      const isExact = backoff.jitter === 'none' || !isSpread;
      return Math.max(previous, floor && floor + (isExact ? 0 : roll * spreadAbove(floor, said)));
    };
  };

/** The policies by name. Those of other libraries are the defaults of these versions. */
export const policies = {
  'full jitter (default)': ours(),
  'full jitter, initialDelay 5000': ours({ initialDelay: 5000 }),
  'full jitter, no spread above a floor': ours({ isSpread: false }),
  'equal jitter': ours({ jitter: 'equal' }),
  'decorrelated jitter': ours({ jitter: 'decorrelated' }),
  'no jitter': ours({ jitter: 'none' }),
  // Its delay is random once, when the module is loaded.
  'reconnecting-websocket 4.4.0': (random) => {
    const least = 1000 + random() * 4000;
    return (retry) => Math.min(10_000, least * 1.3 ** retry);
  },
  'partysocket 1.3.0': () => (retry) => Math.min(10_000, 3000 * 1.3 ** retry),
  // One random number gives the distance from the ceiling; its first decimal gives the direction.
  'socket.io-client 4.8.4': (random) => (retry) => {
    const delay = 1000 * 2 ** retry;
    const chance = random();
    const deviation = Math.floor(chance * 0.5 * delay);
    return Math.floor(Math.min(5000, Math.floor(chance * 10) % 2 === 0 ? delay - deviation : delay + deviation));
  },
  // `async for`: after an open connection, the first attempt is made at once.
  'Python websockets 17.1': (random) => (retry) =>
    retry === 0 ? 0 : retry === 1 ? random() * 5000 : Math.min(90_000, 3100 * 1.618 ** (retry - 2)),
} satisfies Readonly<Record<string, Policy>>;
