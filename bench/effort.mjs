/*
 * How much each row measures. A round measures every contestant once, each in a process of its own. One extra round comes
 * first and is not counted. A row without rounds measures every contestant once. `warmUp` and `count` are messages, items
 * or connections per process. A row takes less than a minute on two cores. Many short rounds are better than a few long
 * ones: the median has more samples, and other load on the machine affects whole rounds.
 */

/** The effort for real figures. */
export const full = {
  receive: { rounds: 7, warmUp: 100_000, count: 120_000 },
  batch: { rounds: 9, warmUp: 2_000_000, count: 6_000_000 },
  dispatch: { rounds: 7, warmUp: 2_000_000, count: 6_000_000 },
  heap: { rounds: 3, connections: 2000 },
  flow: { warmUp: 10_000, count: 1_000_000 },
  bundle: {},
  send: { rounds: 4, warmUp: 50_000, count: 100_000 },
  idle: { connections: 10_000, seconds: 8 },
  reconnect: { rounds: 3, warmUp: 300, count: 500 },
  resubscribe: { rounds: 7, warmUp: 300, count: 700 },
  metrics: { rounds: 15, warmUp: 100_000, count: 120_000 },
};

/** The effort to check that everything runs. */
export const quick = {
  receive: { rounds: 1, warmUp: 50_000, count: 100_000 },
  batch: { rounds: 1, warmUp: 1_000_000, count: 5_000_000 },
  dispatch: { rounds: 1, warmUp: 1_000_000, count: 3_000_000 },
  heap: { rounds: 1, connections: 500 },
  flow: { warmUp: 10_000, count: 200_000 },
  bundle: {},
  send: { rounds: 1, warmUp: 10_000, count: 20_000 },
  idle: { connections: 500, seconds: 2 },
  reconnect: { rounds: 1, warmUp: 100, count: 200 },
  resubscribe: { rounds: 1, warmUp: 100, count: 200 },
  metrics: { rounds: 1, warmUp: 50_000, count: 100_000 },
};
