import * as fc from 'fast-check';
import { catchError, interval, throwError } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff, WebSocketError } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';
import { BadNetwork } from './bad-network.js';
import { plans } from './fault.js';
import type { Fault } from './fault.js';
import { numbered } from './numbered.js';

leavesNothingBehind();

/** The seed. The same seed repeats a run. */
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Milliseconds. */
const DURATION = Number(process.env.DURATION ?? 12_000);

const FAILED = '(?:connecting (?:open (?:heartbeat |rejected )*)?(?:error )?close reconnecting )';
const LIFECYCLE = new RegExp(`^${FAILED}*connecting open (?:heartbeat |rejected )*close $`);
const STATES = /^idle (?:connecting (?:open )?closed reconnecting )*connecting open closing closed $/;

const sentence = (words: readonly string[]) => words.map((word) => `${word} `).join('');

/** Sends numbers to an echo server, until the faults are over and a number comes back. */
async function survive(network: BadNetwork, plan: readonly Fault[]): Promise<void> {
  network.follow(plan);
  const connection = observeWebSocket<number>(
    { url: network.url, codec: numbered, connectTimeout: 250, closeTimeout: 100 },
    heartbeat({ interval: 50, timeout: 100 }),
    // A damaged handshake is fatal, because nobody can know that the next one will be better.
    catchError((cause: unknown) => throwError(() => new WebSocketError(String(cause), { cause }))),
    retryWithBackoff<LifecycleEvent>({ initialDelay: 1, maxDelay: 5 }),
  );
  const states: string[] = [];
  const watchingState = connection.state.subscribe(({ status }) => states.push(status));
  const seen = watch(connection);

  let sent = 0;
  const sending = interval(2).subscribe(() => connection.messages.next(++sent));
  let calm = { connections: -1, sent: 0 };
  await vi.waitFor(
    () => {
      const { connections } = network;
      expect(network.isOver).toBe(true);
      if (calm.connections !== connections) calm = { connections, sent };
      expect(seen.messages.at(-1)).toBeGreaterThan(calm.sent);
    },
    { timeout: 10_000, interval: 2 },
  );
  sending.unsubscribe();
  await connection.close();
  watchingState.unsubscribe();

  expect(await seen.end).toBeUndefined();
  expect(sentence(seen.events.map(({ type }) => type))).toMatch(LIFECYCLE);
  expect(sentence(states)).toMatch(STATES);
  expect(connection.stats).toMatchObject({
    dropped: 0,
    received: seen.messages.length + connection.stats.rejected,
    rejected: seen.events.filter(({ type }) => type === 'rejected').length,
  });
  // Duplicated bytes may be a duplicated message.
  if (!plan.some(({ damage }) => damage.kind === 'duplicate')) {
    expect(seen.messages).toEqual([...new Set(seen.messages)].sort((one, other) => one - other));
  }
  expect(seen.messages.every((number) => number >= 1 && number <= sent)).toBe(true);
  await vi.waitFor(() => expect(network.clients).toBe(0), { timeout: 10_000, interval: 5 });
}

it(`recovers from all damage to its bytes: SEED=${SEED}`, { timeout: DURATION + 60_000 }, async () => {
  const server = await TestServer.start();
  server.greet((peer) => peer.onMessage((text) => peer.send(text)));
  const network = await BadNetwork.start(server.port);
  let runs = 0;
  let last: Promise<void> | undefined;

  await fc.assert(
    fc.asyncProperty(plans, (plan) => {
      runs++;
      return (last = survive(network, plan));
    }),
    { seed: SEED, numRuns: 100_000, interruptAfterTimeLimit: DURATION, includeErrorInReport: true },
  );
  await last; // the time limit does not end it

  console.info(`recovered from ${runs} plans of faults: SEED=${SEED}`);
});
