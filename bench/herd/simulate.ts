import { between } from '../../src/protocol/backoff.js';
import { dice } from './dice.js';
import type { Policy } from './policies.js';
import type { Scene } from './scenes.js';

/** The simulated time after the outage in milliseconds. Some herds never reconnect in full. */
export const HORIZON = 600_000;

const NOBODY = -1;

/** Of a second, in milliseconds. */
const TENTH = 100;

/** What the server saw, in each second since all connections broke. */
export interface Outcome {
  readonly arrivals: readonly number[];
  /** The most that arrived within a tenth of a second, from its beginning. */
  readonly densest: number;
  readonly opens: readonly number[];
}

/** Breaks every connection at time 0, and lets the clients reconnect with the delays of a policy. */
export function simulate(policy: Policy, scene: Scene, seed: number): Outcome {
  const { clients, outage, says } = scene;
  const random = dice(seed);
  const answer = server(scene);
  const end = outage + HORIZON;
  const arrivals = new Array<number>(end / 1000).fill(0);
  const opens = [...arrivals];

  const herd = Array.from({ length: clients }, () => ({
    roundTrip: between(20, 200, random),
    delayOf: policy(random),
    retries: 0,
  }));

  // Each client has at most one planned attempt. `due` is its time. `last` and `before` are linked lists of the clients
  // that are due in one millisecond; each list is sorted when its time comes. One sorted queue would take minutes.
  // Without sorting, the clients planned last would be served first, and these are the impatient ones.
  const due = new Float64Array(clients);
  const last = new Int32Array(end).fill(NOBODY);
  const before = new Int32Array(clients);

  const plan = (client: number, from: number) => {
    const { delayOf, retries } = herd[client]!;
    herd[client]!.retries++;
    due[client] = from + delayOf(retries, says);
    const millisecond = Math.floor(due[client]);
    if (millisecond >= end) return;
    before[client] = last[millisecond]!;
    last[millisecond] = client;
  };

  const dueIn = (millisecond: number): readonly number[] => {
    const found: number[] = [];
    for (let client = last[millisecond]!; client !== NOBODY; client = before[client]!) found.push(client);
    return found.sort((one, other) => due[one]! - due[other]!);
  };

  const tenths = new Array<number>(end / TENTH).fill(0);

  for (let client = 0; client < clients; client++) plan(client, 0);
  for (let millisecond = 0; millisecond < end; millisecond++) {
    for (const client of dueIn(millisecond)) {
      const now = due[client]!;
      const { isIn, at } = answer(now);
      const told = at + herd[client]!.roundTrip;
      count(arrivals, now);
      tenths[Math.floor(now / TENTH)]!++;
      if (isIn) count(opens, told);
      else plan(client, told);
    }
  }
  return { arrivals, opens, densest: tenths.reduce((most, count) => Math.max(most, count), 0) };
}

/** A server that handles attempts one after the other, in the order of their arrival. */
function server({ outage, acceptRate, backlog, refusalCost }: Scene) {
  const handshake = 1000 / acceptRate;
  let busyUntil = outage;

  return (now: number): { isIn: boolean; at: number } => {
    if (now < outage) return { isIn: false, at: now };
    busyUntil = Math.max(busyUntil, now);
    const isIn = busyUntil - now < backlog * handshake;
    busyUntil += isIn ? handshake : refusalCost * handshake;
    return { isIn, at: busyUntil };
  };
}

function count(seconds: number[], time: number): void {
  const second = Math.floor(time / 1000);
  if (second < seconds.length) seconds[second]!++;
}
