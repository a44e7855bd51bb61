/** The faults of a connection, with their weights. Faults that take time are rare. */
const FAULTS = {
  close: 20, // with a Close frame
  drop: 20, // without one
  reset: 15,
  halfClose: 10,
  badFrame: 10, // what RFC 6455 forbids
  gibberish: 10, // a message that cannot be decoded, then a close
  refuse: 8, // the handshake, with 503
  unsubscribe: 5, // all subscribers unsubscribe, and others subscribe
  silence: 1, // pings are no longer answered
  stall: 1, // the handshake is never answered
};

/** A seeded generator of numbers from 0 up to 1: mulberry32. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick(weights, random) {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  let ticket = random() * total;
  return Object.entries(weights).find(([, weight]) => (ticket -= weight) < 0)[0];
}

/** Plans the burst and the fault of each connection, so that each round has its share of reconnects and messages. */
export class Workload {
  /** How often each fault was planned. */
  counts = Object.fromEntries(Object.keys(FAULTS).map((fault) => [fault, 0]));
  #random;
  #totals;
  #target = { opens: 0, received: 0 };
  #halfway;

  /** @param totals returns the totals so far: `{ opens, received }` */
  constructor(random, totals) {
    this.#random = random;
    this.#totals = totals;
  }

  /** Sets the totals to reach. Calls `halfway` once, in the middle. */
  aim(target, halfway) {
    const middle = (this.#totals().opens + target.opens) / 2;
    this.#target = target;
    this.#halfway = { middle, halfway };
  }

  /** The plan of one connection: its messages and its fault. Without a fault once the totals are reached. */
  next() {
    const { opens, received } = this.#totals();
    const missing = { opens: this.#target.opens - opens, received: this.#target.received - received };
    if (opens >= this.#halfway?.middle) {
      this.#halfway.halfway();
      this.#halfway = undefined;
    }
    if (missing.opens <= 0 && missing.received <= 0) return { fault: 'none', burst: 0, variant: 0 };
    const fault = pick(FAULTS, this.#random);
    const mean = Math.min(20_000, Math.max(0, missing.received) / Math.max(1, missing.opens));
    this.counts[fault]++;
    return { fault, burst: Math.ceil((0.5 + this.#random()) * mean), variant: this.#random() };
  }
}
