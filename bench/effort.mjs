/*
 * How much each row measures. A round measures every contestant once, each in a process of its own. One extra round comes
 * first and is not counted. A row without rounds measures every contestant once. `warmUp` and `count` are messages, items
 * or connections per process; `allocations` are the same two counts where allocations are measured, of which nothing may
 * be collected. Many short rounds are better than a few long ones: the interval narrows with the number of samples, and
 * other load on the machine affects whole rounds.
 */

/** The effort for real figures. */
export const full = {
  receive: { rounds: 15, warmUp: 60_000, count: 80_000, allocations: [20_000, 40_000] },
  iterate: { rounds: 11, warmUp: 60_000, count: 80_000, allocations: [20_000, 40_000] },
  batch: { rounds: 15, warmUp: 2_000_000, count: 4_000_000, allocations: [100_000, 500_000] },
  merge: { rounds: 11, warmUp: 300_000, count: 500_000, allocations: [20_000, 40_000] },
  dispatch: { rounds: 11, warmUp: 2_000_000, count: 5_000_000, allocations: [100_000, 500_000] },
  heap: { rounds: 3, connections: 2000 },
  flow: { warmUp: 10_000, count: 1_000_000 },
  bundle: {},
  send: { rounds: 9, warmUp: 30_000, count: 50_000, allocations: [10_000, 20_000] },
  idle: { rounds: 3, connections: 10_000, seconds: 60 },
  reconnect: { rounds: 7, warmUp: 300, count: 500, allocations: [300, 500] },
  'reconnect-warm': { rounds: 7, warmUp: 4000, count: 2000, allocations: [300, 500] },
  resubscribe: { rounds: 7, warmUp: 300, count: 400, allocations: [30, 50] },
  metrics: { rounds: 15, warmUp: 60_000, count: 80_000, allocations: [20_000, 40_000] },
};

/** The effort to check that everything runs. */
export const quick = {
  receive: { rounds: 1, warmUp: 50_000, count: 100_000, allocations: [10_000, 10_000] },
  iterate: { rounds: 1, warmUp: 20_000, count: 50_000, allocations: [10_000, 10_000] },
  batch: { rounds: 1, warmUp: 1_000_000, count: 5_000_000, allocations: [100_000, 100_000] },
  merge: { rounds: 1, warmUp: 20_000, count: 100_000, allocations: [10_000, 10_000] },
  dispatch: { rounds: 1, warmUp: 1_000_000, count: 3_000_000, allocations: [100_000, 100_000] },
  heap: { rounds: 1, connections: 500 },
  flow: { warmUp: 10_000, count: 200_000 },
  bundle: {},
  send: { rounds: 1, warmUp: 10_000, count: 20_000, allocations: [10_000, 10_000] },
  idle: { rounds: 1, connections: 500, seconds: 2 },
  reconnect: { rounds: 1, warmUp: 100, count: 200, allocations: [50, 50] },
  'reconnect-warm': { rounds: 1, warmUp: 200, count: 200, allocations: [50, 50] },
  resubscribe: { rounds: 1, warmUp: 100, count: 200, allocations: [10, 10] },
  metrics: { rounds: 1, warmUp: 50_000, count: 100_000, allocations: [10_000, 10_000] },
};
