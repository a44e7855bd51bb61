import { expect } from 'vitest';
import { letterOf } from '../../src/testing/lifecycle-letters.js';
import type { ConnectionState, ConnectionStats, LifecycleEvent } from '../../src/index.node.js';
import type { RxwireSession } from './clients/rxwire.js';
import type { Pace } from './clients/client.js';
import type { Fault } from './fault.js';
import type { FaultRun } from './run-fault.js';
import type { Trace } from './trace.js';

/** One `close` for each `connecting`, at most one `open` between, `error` only before `close`; then a wait or the end. */
const LIFE = /^(cd*(o[hjd]*)?e*x(r|$)d*)+$/;

/** `close()` may come while a retry waits. */
const STATES = /^idle( connecting( open( closing)?)? closed( reconnecting( closed$)?|$| failed$))+$/;

/** What can be known of a client afterwards, also from another process. */
export interface Account {
  readonly events: readonly { readonly type: LifecycleEvent['type']; readonly count?: number }[];
  readonly states: readonly ConnectionState['status'][];
  readonly messages: Trace['messages'];
  /** The number of messages that sockets had taken at the end of each connection. */
  readonly handedOver: readonly number[];
  readonly stats: Pick<ConnectionStats, 'sent' | 'queued' | 'dropped'>;
  readonly sent: number;
  readonly got: ReadonlyMap<number, readonly number[]>;
  /** Whether writes fail one by one until the end, which no kernel does: Node lets those behind one that failed through. */
  readonly areWritesLost?: boolean;
}

/** Checks the order of events and states, and that no message is lost in silence, duplicated or out of order. */
export function expectOrder(account: Account): void {
  const { events, states, messages, handedOver, stats, sent, got, areWritesLost = false } = account;

  expect(events.map(letterOf).join('')).toMatch(LIFE);
  expect(states.join(' ')).toMatch(STATES);

  // The delivered messages are the first ones that were sent on each connection: in order, without gaps and duplicates
  const order = [...new Set(messages.map(({ attempt }) => attempt))];
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(messages.map(({ n }) => n)).toEqual(
    order.flatMap((of) => countTo(messages.filter(({ attempt }) => attempt === of).length)),
  );

  // The server got the first messages that each socket took; of writes that are lost, any of them in order
  expect(stats.sent + stats.queued + stats.dropped).toBe(sent);
  expect(sum(events.map(({ count = 0 }) => count))).toBe(stats.dropped);
  if (!areWritesLost) expect(stats.dropped).toBe(0);
  handedOver.forEach((to, index) => {
    const from = handedOver[index - 1] ?? 0;
    const handed = countTo(to).slice(from);
    const arrived = got.get(index + 1) ?? [];
    const isTold = (n: number, at: number) => (areWritesLost ? arrived.includes(n) : at < arrived.length);
    expect(arrived).toEqual(handed.filter(isTold));
  });
}

/** Checks what rxwire guarantees for every fault. */
export function expectGuarantees(
  { expected, isQuiet }: Fault,
  { session, trace, sent, got, attemptsBefore, attempts, recoveredAfter }: FaultRun<RxwireSession>,
  pace: Pace,
): void {
  const { feed, events, states, handedOver } = session;
  const losses = trace.losses.map(({ error }) => error);

  expectOrder({
    ...{ states, handedOver, sent, got },
    events: events.map((event) => ({ type: event.type, count: event.type === 'dropped' ? event.count : 0 })),
    messages: trace.messages,
    stats: feed.stats,
  });

  // The expected error, retried or fatal
  const { first, meanwhile = first, isFatal = false, perhaps = false, isCloseUnanswered = false } = expected;
  if (!first) expect(losses).toEqual([]);
  else if (!perhaps) expect(losses[0]).toMatch(first);
  for (const error of losses.slice(perhaps ? 0 : 1)) expect(error).toMatch(meanwhile!);
  expect(losses.slice(0, -1).join()).not.toContain('(fatal)');
  expect((losses.at(-1) ?? '').includes('(fatal)')).toBe(isFatal);
  expect(session.end === 'completed').toBe(!isFatal);
  expect(feed.state.value.status).toBe(isFatal ? 'failed' : 'closed');
  if (!isFatal) expect(events.at(-1)).toMatchObject({ initiator: 'local', wasClean: !isCloseUnanswered });

  // It reconnects: the current attempt may fail, but the next one opens
  expect(recoveredAfter !== undefined).toBe(!isFatal);
  if (!perhaps) expect(attempts - attemptsBefore).toBeLessThanOrEqual(isFatal ? 0 : 2);
  for (const event of events) if (event.type === 'reconnecting') expect(event.delay).toBe(pace.retryDelay);

  // On the last connection the server got all of them
  if (!isFatal && !isQuiet) expect([...got.values()].at(-1)?.at(-1)).toBe(sent);
}

const countTo = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
