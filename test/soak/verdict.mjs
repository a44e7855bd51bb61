import { median, quarters, slope } from './statistics.mjs';

/** The most bytes that the heap may grow by in a run: V8's own variation. One leaked attempt is more than 1 KiB. */
const HEAP_BAR = 512 * 1024;
/** How much slower a feed may become, relative to a bare `ws`. */
const LATENCY_BAR = 1.5;
/** The timer of the next ping, and the timeout of the last one. */
const TIMERS_PER_FEED = 2;

const atMost = (what, value, bar) => ({ what, value: Number(value.toFixed(3)), bar, holds: value <= bar });
const exactly = (what, value, bar) => ({ what, value, bar, holds: value === bar });
const most = (samples) => Math.max(...samples);

/** The verdicts on a run: no count grows, and nothing was lost. */
export function judge({ feeds, censuses, leftovers, account }) {
  const steady = censuses.slice(Math.floor(censuses.length / 4)); // without the warm-up
  const relative = quarters(censuses.map(({ p50, bare }) => p50 / bare));
  return [
    atMost('bytes by which the heap grows', slope(steady.map(({ heap }) => heap)) * censuses.length, HEAP_BAR),
    atMost('latency against a bare ws, last / second quarter', median(relative.last) / median(relative.second), LATENCY_BAR), // prettier-ignore
    exactly('sockets at most', most(censuses.map(({ sockets }) => sockets)), feeds),
    exactly('connections of the server at most', most(censuses.map(({ connections }) => connections)), feeds),
    atMost('timers at most', most(censuses.map(({ timers }) => timers)), TIMERS_PER_FEED * feeds),
    exactly('messages out of order, lost or duplicated', account.outOfOrder, 0),
    exactly('messages lost, doubled or reordered in either direction, by the history', account.findings, 0),
    exactly('connecting events without a close', account.unclosed, 0),
    exactly('messages passed to `next` that are neither sent, queued nor dropped', account.unaccounted, 0),
    exactly('sockets, connections and timers left', leftovers.sockets + leftovers.connections + leftovers.timers, 0),
  ];
}
