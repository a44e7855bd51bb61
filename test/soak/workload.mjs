/** What can happen to a connection, with its weight: what costs time is rare. */
const FAULTS = {
  close: 20, // with a Close frame
  drop: 20, // without one
  reset: 15,
  halfClose: 10,
  badFrame: 10, // what RFC 6455 forbids
  gibberish: 10, // a message that does not decode, then a close
  refuse: 8, // the handshake, with 503
  leave: 5, // every subscriber leaves, and others come
  silence: 1, // pings are not answered any more
  stall: 1, // the handshake is not
};

/** Numbers from 0 up to 1 that a seed decides: mulberry32. */
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

/** Decides what every connection meets, so that each round has its share of reconnects and of messages. */
export class Workload {
  /** How often each fault was decided on. */
  counts = Object.fromEntries(Object.keys(FAULTS).map((fault) => [fault, 0]));
  #random;
  #totals;
  #target = { opens: 0, received: 0 };
  #halfway;

  /** @param totals what there was so far: `{ opens, received }` */
  constructor(random, totals) {
    this.#random = random;
    this.#totals = totals;
  }

  /** Until there was so much in all; calls `halfway` once. */
  aim(target, halfway) {
    const middle = (this.#totals().opens + target.opens) / 2;
    this.#target = target;
    this.#halfway = { middle, halfway };
  }

  /** For one connection: so many messages, and then this. Peace, when there was enough. */
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
