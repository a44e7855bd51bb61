import type { Exchange } from './exchange.js';
import type { Peer } from './peer.js';

/** A way to end connections: what is done to one of them, or to all. */
export interface Break {
  readonly title: string;
  /** Whether it lasts for more than three attempts in a row, of which the client is to raise an alert. */
  readonly isLong?: boolean;
  readonly run: (peer: Peer, exchange: Exchange, all: readonly Peer[]) => void;
}

const closing = (code: number, reason: string): Break => ({
  title: `closes with ${code} "${reason}"`,
  run: (peer) => peer.end(code, reason, 'break'),
});

/** Those that a client waits long for, at the exchange's own request. */
const SLOW: readonly Break[] = [closing(1012, 'Restarting'), closing(1013, 'Try again later')];

/** All others. */
const QUICK: readonly Break[] = [
  { title: 'resets a connection', run: (peer) => peer.reset() },
  closing(1001, 'Going away'),
  closing(1008, 'Pong timeout'),
  { title: 'falls silent on a connection, pings included', run: (peer) => peer.freeze() },
  { title: 'has no data on a connection, but answers', run: (peer) => peer.hush() },
  {
    title: 'resets a connection, and answers 429 with Retry-After: 1',
    run(peer, exchange) {
      exchange.refuse({ status: 429, retryAfter: 1, times: 1 });
      peer.reset();
    },
  },
  {
    title: 'is down for 2.5 s: resets every connection, and answers 503',
    isLong: true,
    run(_, exchange, all) {
      exchange.refuse({ status: 503, during: 2500 });
      for (const peer of all) peer.reset();
    },
  },
];

/** How many ways there are. */
export const waysOf = (isShort: boolean): number => QUICK.length + (isShort ? 0 : SLOW.length);

/** Every way once, then again and again, in random orders. */
export function* planBreaks(isShort: boolean, random: () => number): Generator<Break, never> {
  if (!isShort) yield* SLOW;
  for (;;) {
    const ranks = new Map(QUICK.map((each) => [each, random()]));
    yield* [...QUICK].sort((a, b) => ranks.get(a)! - ranks.get(b)!);
  }
}
