import { fork } from 'node:child_process';
import { once } from 'node:events';
import { distOf } from './builds.mjs';

/** The timeout of a measurement in milliseconds. One that takes longer has lost messages, and fails. */
const LIMIT = 180_000;

/** A young generation that is not collected while a program allocates less, in MiB. */
const ROOMY = ['--min-semi-space-size=512', '--max-semi-space-size=512'];

/**
 * Runs a program of programs/ in a new process.
 *
 * @param contestant its first argument; a contestant of another build runs as `rxwire` on that build
 * @returns the message that it sends
 */
export async function measureIn(program, [contestant, ...args], { execArgv = [], measure = 'cpu' } = {}) {
  const { name, dist } = distOf(contestant);
  const child = fork(new URL(`programs/${program}`, import.meta.url), [name, ...args.map(String)], {
    execArgv: measure === 'allocation' ? [...execArgv, ...ROOMY] : execArgv,
    env: { ...process.env, BENCH_MEASURE: measure, ...(dist && { BENCH_DIST: dist }) },
    timeout: LIMIT,
  });
  let result;
  child.on('message', (message) => (result = message));
  // Waits for the exit, so that the next contestant has the machine alone, and until all that was sent is read.
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  if (code !== 0 || result === undefined) throw new Error(`${program} ${contestant} failed (${signal ?? code})`);
  return result;
}

/** Starts the server, and stops it when `use` has settled. */
export async function withServer(use) {
  const server = fork(new URL('server.mjs', import.meta.url));
  try {
    const [{ port }] = await once(server, 'message');
    return await use(`ws://127.0.0.1:${port}`);
  } finally {
    server.kill();
  }
}

/**
 * Measures every contestant once per round, so that a slow machine affects all of them. The order changes from round to
 * round. The first round is a warm-up. Each measurement has a process of its own, because the JIT's assumptions from one
 * contestant (the shape of a callback, the type of a field) would slow down the next one.
 *
 * @returns the samples of each contestant
 */
export async function interleave(contestants, rounds, measure) {
  const samples = Object.fromEntries(contestants.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const first = round % contestants.length;
    for (const name of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const sample = await measure(name);
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** Measures every contestant once, for rows whose results are sums over so much that a second run would not differ. */
export const measureOnce = (contestants, measure) => measureEach(contestants, async (name) => [await measure(name)]);

async function measureEach(contestants, measure) {
  const samples = {};
  for (const name of contestants) samples[name] = await measure(name);
  return samples;
}

/**
 * The CPU time and the allocations of an operation, for rows whose programs measure both.
 *
 * @param args of the program, between the contestant and the counts of operations before and while the meter runs
 * @param nanoseconds in the unit of the row
 */
export async function measureOperation(program, contestants, effort, args = [], nanoseconds = 1) {
  const { rounds, warmUp, count, allocations } = effort;
  const samples = await interleave(contestants, rounds, async (name) => {
    const used = await measureIn(program, [name, ...args, warmUp, count]);
    return used / nanoseconds;
  });
  const allocated = await measureEach(contestants, (name) =>
    measureIn(program, [name, ...args, ...allocations], { measure: 'allocation' }),
  );
  return { samples, allocated };
}
