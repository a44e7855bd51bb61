import { median, quarters, slope } from './statistics.mjs';

/** What the heap may grow by over a whole run: V8's own unrest. One attempt that is kept costs more than 1 KiB. */
const HEAP_BAR = 512 * 1024;
/** How much slower than at its beginning a feed may have become, measured in round trips of a bare `ws`. */
const LATENCY_BAR = 1.5;
/** A ping that is due, and one that waits for its answer. */
const TIMERS_PER_FEED = 2;

const atMost = (what, value, bar) => ({ what, value: Number(value.toFixed(3)), bar, holds: value <= bar });
const exactly = (what, value, bar) => ({ what, value, bar, holds: value === bar });
const most = (samples) => Math.max(...samples);

/** What a run must show: all that is counted is flat, and nothing was lost on the way. */
export function judge({ feeds, censuses, leftovers, account }) {
  const steady = censuses.slice(Math.floor(censuses.length / 4)); // the first quarter warms up
  const relative = quarters(censuses.map(({ p50, bare }) => p50 / bare));
  return [
    atMost('bytes by which the heap grows', slope(steady.map(({ heap }) => heap)) * censuses.length, HEAP_BAR),
    atMost('latency against a bare ws, last / second quarter', median(relative.last) / median(relative.second), LATENCY_BAR), // prettier-ignore
    exactly('sockets at most', most(censuses.map(({ sockets }) => sockets)), feeds),
    exactly('connections of the server at most', most(censuses.map(({ connections }) => connections)), feeds),
    atMost('timers at most', most(censuses.map(({ timers }) => timers)), TIMERS_PER_FEED * feeds),
    exactly('messages out of order, lost or doubled', account.outOfOrder, 0),
    exactly('connecting events without a close', account.unclosed, 0),
    exactly('messages sent that are neither sent, queued nor dropped', account.unaccounted, 0),
    exactly('sockets, connections and timers left', leftovers.sockets + leftovers.connections + leftovers.timers, 0),
  ];
}
