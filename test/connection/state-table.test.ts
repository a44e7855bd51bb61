import { describe, expect, it } from 'vitest';
import { transition } from '../../src/connection/state.js';
import type { ConnectionState, StateChange } from '../../src/connection/state.js';
import { close, connecting, heartbeatEvent, open, reconnecting, trouble } from '../operators/lifecycle-events.js';

const failure = new Error('it failed');

const states: readonly ConnectionState[] = [
  { status: 'idle' },
  { status: 'connecting', attempt: 1 },
  { status: 'open', attempt: 1, protocol: '' },
  { status: 'reconnecting', retry: 1, delay: 5, error: failure },
  { status: 'closing' },
  { status: 'closed', code: 1006, reason: '' },
  { status: 'failed', error: failure },
];

const statuses = states.map(({ status }) => status);

describe('transition', () => {
  it.each<[StateChange, ConnectionState]>([
    [connecting(3), { status: 'connecting', attempt: 3 }],
    [
      { ...open(), attempt: 2, protocol: 'v1' },
      { status: 'open', attempt: 2, protocol: 'v1' },
    ],
    [reconnecting(2, 100, failure), { status: 'reconnecting', retry: 2, delay: 100, error: failure }],
    [
      { type: 'failed', error: failure },
      { status: 'failed', error: failure },
    ],
    [{ type: 'closing' }, { status: 'closing' }],
    [{ type: 'idle' }, { status: 'idle' }],
  ])('makes of %o exactly %o, whatever was before', (change, expected) => {
    for (const state of states) expect(transition(state, change)).toStrictEqual(expected);
  });

  it.each<[StateChange]>([
    [heartbeatEvent(5)],
    [{ type: 'rejected', data: '{', error: failure }],
    [{ type: 'dropped', count: 1, reason: 'closed' }],
    [trouble(failure)],
  ])('moves nothing for %o', (change) => {
    for (const state of states) expect(transition(state, change)).toBe(state);
  });

  it.each<[StateChange, string, ConnectionState]>([
    [
      { ...close(4401), reason: 'expired' },
      'idle connecting open closing closed failed',
      { status: 'closed', code: 4401, reason: 'expired' },
    ],
    [{ type: 'completed' }, 'idle connecting open reconnecting closing failed', { status: 'idle' }],
    [{ type: 'cancelled', code: 3000, reason: 'bye' }, 'reconnecting', { status: 'closed', code: 3000, reason: 'bye' }],
  ])('for %o moves on from %s alone', (change, from, expected) => {
    const moved = states.map((state) => transition(state, change));

    states.forEach((state, n) => {
      if (from.split(' ').includes(state.status)) expect(moved[n]).toStrictEqual(expected);
      else expect(moved[n]).toBe(state);
    });
  });

  it('knows every state there is', () => {
    const exhaustive: Record<ConnectionState['status'], true> = {
      idle: true,
      connecting: true,
      open: true,
      reconnecting: true,
      closing: true,
      closed: true,
      failed: true,
    };

    expect(statuses.sort()).toEqual(Object.keys(exhaustive).sort());
  });

  it('goes through a life', () => {
    const life: readonly StateChange[] = [
      connecting(1),
      open(),
      heartbeatEvent(3),
      close(),
      reconnecting(1, 5, failure),
      connecting(2),
      open(),
      { type: 'closing' },
      close(1000),
      { type: 'idle' },
    ];
    let state: ConnectionState = { status: 'idle' };

    const seen = life.map((change) => (state = transition(state, change)).status);

    expect(seen.join(' ')).toBe('connecting open open closed reconnecting connecting open closing closed idle');
  });
});
