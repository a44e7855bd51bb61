import { instance } from '@viz-js/viz';
import { asyncScheduler, takeUntil, throwError, timer } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { refreshOnUnauthorized, retryWithBackoff } from '../../operators/index.js';
import { observeWebSocket } from '../../src/index.node.js';
import type { Supervision, WebSocketConnection } from '../../src/index.node.js';
import type { ConnectionState, StateChange } from '../../src/connection/state.js';
import { closeWith, scriptedServer } from '../../src/testing/index.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { statesSvg } from './states-diagram.js';
import type { Move } from './states-diagram.js';

const moves: Move[] = [];

// The table itself, with somebody who writes down what it is asked and what it answers.
vi.mock('../../src/connection/state.js', async (original) => {
  const table = await original<typeof import('../../src/connection/state.js')>();
  return {
    transition(state: ConnectionState, change: StateChange) {
      const next = table.transition(state, change);
      if (next !== state) moves.push({ from: state.status, change: change.type, to: next.status });
      return next;
    },
  };
});

/** A life of a connection, in virtual time: it is watched from 0 until it ends, or until 50. */
function live(
  scripts: readonly string[],
  supervision: readonly Supervision[],
  at: Readonly<Record<number, (feed: WebSocketConnection, leave: () => void) => void>> = {},
): void {
  inVirtualTime((helpers) => {
    const { transport } = scriptedServer(helpers.cold, scripts, { x: closeWith(4401) });
    const feed = observeWebSocket({ url: 'ws://test', transport }, ...supervision);
    const subscription = feed.lifecycle.subscribe({ error: () => undefined });
    const leave = () => subscription.unsubscribe();
    for (const [frame, act] of Object.entries(at)) helpers.at(Number(frame), () => act(feed, leave));
    helpers.at(50, leave);
  });
}

const retry: Supervision = retryWithBackoff({ delays: [5] });
const close = (feed: WebSocketConnection) => void feed.close();
const leave = (_feed: WebSocketConnection, leave: () => void) => leave();
const again = (feed: WebSocketConnection) => {
  const subscription = feed.lifecycle.subscribe({ error: () => undefined });
  asyncScheduler.schedule(() => subscription.unsubscribe(), 2);
};

live(['--o--#', '--o'], [retry], { 20: close, 25: again });
live(['--#'], [], { 10: again });
live(['--o--#'], []);
live(['--o'], [], { 1: leave });
live(['--o'], [], { 1: close });
live(['--o'], [], { 5: leave });
live(['--#'], [retry], { 4: leave });
live(['--#'], [retry], { 4: close });
live(['--#'], [retry, takeUntil(timer(4))]);
live(['--#'], [retryWithBackoff({ delays: [5], when: throwError(() => new Error('no network')) })]);
live(['--o--x', '--o'], [refreshOnUnauthorized(() => timer(5))]);
live(['--o--x', '--o'], [refreshOnUnauthorized(() => timer(5))], { 7: leave });
leftWhileClosing();

it('the diagram of the states has the moves that connections make', async () => {
  const svg = statesSvg(
    await instance(),
    moves.filter(({ change }) => change !== 'idle'),
  );

  await expect(svg).toMatchFileSnapshot('../../docs/marbles/states.svg');
});

it('whoever leaves last makes it idle, as the page says, wherever it stands', () => {
  const left = moves.filter(({ change }) => change === 'idle').map(({ from }) => from);

  expect(new Set(left)).toEqual(new Set(['connecting', 'open', 'closing', 'closed', 'reconnecting']));
});

/** By a peer that does not answer: a script does so at once. */
function leftWhileClosing(): void {
  inVirtualTime(() => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const subscription = feed.lifecycle.subscribe();
    asyncScheduler.schedule(() => {
      transport.socket.open();
      void feed.close();
      subscription.unsubscribe();
    }, 1);
  });
}
