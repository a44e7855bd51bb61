import { fork } from 'node:child_process';
import { once } from 'node:events';

/** No single measurement takes this long: one that does has lost messages, and fails. */
const LIMIT = 60_000;

/** Runs a program of programs/ in a fresh process. @returns the one message that it sends */
export async function measureIn(program, args, execArgv = []) {
  const child = fork(new URL(`programs/${program}`, import.meta.url), args.map(String), { execArgv, timeout: LIMIT });
  let result;
  child.on('message', (message) => (result = message));
  const [code, signal] = await once(child, 'exit'); // not before: the next contestant is to have the machine alone
  if (code !== 0 || result === undefined) throw new Error(`${program} ${args.join(' ')} failed (${signal ?? code})`);
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
 * Measures every contestant once a round, so that a slow spell of the machine hits all of them; whoever begins
 * changes. The first round only warms the machine up. Each measurement has a process of its own, because what one
 * contestant teaches the JIT (the shape of a callback, the type of a field) would be held against the next.
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

/** Measures every contestant once: where what is measured is a sum of so much that a second time tells nothing new. */
export async function measureOnce(contestants, measure) {
  const samples = {};
  for (const name of contestants) samples[name] = [await measure(name)];
  return samples;
}
