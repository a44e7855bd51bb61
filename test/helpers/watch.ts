import { filter, firstValueFrom, ReplaySubject, skip } from 'rxjs';
import { expect } from 'vitest';
import type { LifecycleEvent, WebSocketConnection } from '../../src/index.node.js';

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

/** An error of Node's or of `ws`, which go by their code. */
export const nodeError = (code: string) => expect.objectContaining({ code }) as unknown;
