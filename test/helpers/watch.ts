import { filter, firstValueFrom, ReplaySubject, skip } from 'rxjs';
import { expect } from 'vitest';
import { ConnectionClosedError, HandshakeError, retryWithBackoff, stopOnFatalClose } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';

type EventOf<T extends LifecycleEvent['type']> = Extract<LifecycleEvent, { type: T }>;

/** What one subscriber of both streams has seen. */
export interface Watched<In> {
  readonly events: readonly LifecycleEvent[];
  readonly messages: readonly In[];
  /** The error that both streams ended with; `undefined` if they completed. */
  readonly end: Promise<Error | undefined>;
  /** The n-th event of a type, as soon as it is there. */
  next<T extends LifecycleEvent['type']>(type: T, n?: number): Promise<EventOf<T>>;
  leave(): void;
}

/** Subscribes to both streams of a connection. */
export function watch<In, Out>(connection: WebSocketConnection<In, Out>): Watched<In> {
  const events: LifecycleEvent[] = [];
  const messages: In[] = [];
  const seen = new ReplaySubject<LifecycleEvent>();
  let leave = () => {};

  const lifecycleEnd = new Promise<Error | undefined>((resolve) => {
    const subscription = connection.lifecycle.subscribe({
      next: (event) => {
        events.push(event);
        seen.next(event);
      },
      error: resolve,
      complete: () => resolve(undefined),
    });
    leave = () => subscription.unsubscribe();
  });
  const messagesEnd = new Promise<Error | undefined>((resolve) => {
    const subscription = connection.messages.subscribe({
      next: (message) => messages.push(message),
      error: resolve,
      complete: () => resolve(undefined),
    });
    const leaveLifecycle = leave;
    leave = () => {
      leaveLifecycle();
      subscription.unsubscribe();
    };
  });

  return {
    events,
    messages,
    end: Promise.all([lifecycleEnd, messagesEnd]).then(([error, sameError]) => {
      expect(sameError).toBe(error);
      return error;
    }),
    next: (type, n = 1) =>
      firstValueFrom(
        seen.pipe(
          filter((event): event is EventOf<typeof type> => event.type === type),
          skip(n - 1),
        ),
      ),
    leave: () => leave(),
  };
}

/** What most give a connection, without the waiting: a failure that is not fatal is retried once, and at once. */
export const oneRetry = (): Supervision[] => [stopOnFatalClose(), retryWithBackoff({ delays: [0] })];

// The events that a test expects, with all their fields

export const connecting = (attempt = 1) => ({ type: 'connecting', attempt });

export const open = (attempt = 1, protocol = '') => ({
  type: 'open',
  attempt,
  url: expect.stringMatching(/^wss?:\/\/127\.0\.0\.1:\d+\/?$/) as string,
  protocol,
  extensions: '',
  link: expect.anything() as unknown,
});

export const failing = (error: unknown) => ({ type: 'error', error });

/** The peer closed with a code. */
export const closedByPeer = (code: number, reason = '') => ({
  type: 'close',
  code,
  reason,
  wasClean: true,
  initiator: 'remote',
});

/** We closed, and the peer answered. */
export const closedByUs = (code = 1000, reason = '') => ({
  type: 'close',
  code,
  reason,
  wasClean: true,
  initiator: 'local',
});

/** It broke, or never was. */
export const broken = { type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'remote' };

/** We gave up on it. */
export const givenUp = { type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'local' };

export const reconnecting = (retry: number, delay: number, error: unknown) => ({
  type: 'reconnecting',
  retry,
  delay,
  error,
});

/** A whole life under `oneRetry`: of the first attempt this is told, and it ends with an error; the second one opens, and we close it. */
export const retriedAfter = (firstAttempt: readonly unknown[], error: unknown) => [
  connecting(1),
  ...firstAttempt,
  reconnecting(1, 0, error),
  connecting(2),
  open(2),
  closedByUs(),
];

/** A whole life under `oneRetry` in which neither attempt opens. */
export const failedTwice = (error: unknown) => [
  connecting(1),
  failing(error),
  broken,
  reconnecting(1, 0, error),
  connecting(2),
  failing(error),
  broken,
];

// The errors that a test expects

/** An open connection ended without a Close frame. */
export const cutOff = (cause?: unknown) =>
  new ConnectionClosedError({ code: 1006, reason: '', wasClean: false }, cause === undefined ? {} : { cause });

/** Nobody listens at the port. */
export const refusedAt = (port: number) =>
  new HandshakeError(`connect ECONNREFUSED 127.0.0.1:${port}`, { cause: nodeError('ECONNREFUSED') });

/** An error of Node's or of `ws`, which go by their code. */
export const nodeError = (code: string) => expect.objectContaining({ code }) as unknown;
