import { expect } from 'vitest';
import type { LifecycleEvent } from '../../src/index.node.js';
import type { RxwireSession } from './clients/rxwire.js';
import type { Pace } from './clients/client.js';
import type { Fault } from './fault.js';
import type { FaultRun } from './run-fault.js';

/** One letter per event, so that an order can be a regular expression. */
const LETTERS: Record<LifecycleEvent['type'], string> = {
  connecting: 'c',
  open: 'o',
  heartbeat: 'h',
  rejected: 'j',
  dropped: 'd',
  error: 'e',
  close: 'x',
  reconnecting: 'r',
};

/** One `close` for each `connecting`, at most one `open` between, `error` only before `close`; then a wait or the end. */
const LIFE = /^(cd*(o[hjd]*)?e*x(r|$)d*)+$/;

const STATES = /^idle( connecting( open( closing)?)? closed( reconnecting|$| failed$))+$/;

/** Checks what rxwire guarantees for every fault. */
export function expectGuarantees(
  { expected, isQuiet }: Fault,
  { session, trace, sent, got, attemptsBefore, attempts, recoveredAfter }: FaultRun<RxwireSession>,
  pace: Pace,
): void {
  const { feed, events, states, handedOver } = session;
  const losses = trace.losses.map(({ error }) => error);

  // The order of events and states
  expect(events.map(({ type }) => LETTERS[type]).join('')).toMatch(LIFE);
  expect(states.join(' ')).toMatch(STATES);

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

  // The delivered messages are the first ones that were sent on each connection: in order, without gaps and duplicates
  const order = [...new Set(trace.messages.map(({ attempt }) => attempt))];
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(trace.messages.map(({ n }) => n)).toEqual(
    order.flatMap((of) => countTo(trace.messages.filter(({ attempt }) => attempt === of).length)),
  );

  // The server got the first messages that each socket took, and on the last connection all of them
  const { stats } = feed;
  expect(stats.sent + stats.queued + stats.dropped).toBe(sent);
  expect(sum(events.map((event) => (event.type === 'dropped' ? event.count : 0)))).toBe(stats.dropped);
  expect(stats.dropped).toBe(0);
  handedOver.forEach((to, index) => {
    const from = handedOver[index - 1] ?? 0;
    const handed = countTo(to).slice(from);
    const arrived = got.get(index + 1) ?? [];
    expect(arrived).toEqual(handed.slice(0, arrived.length));
  });
  if (!isFatal && !isQuiet) expect([...got.values()].at(-1)?.at(-1)).toBe(sent);
}

const countTo = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
