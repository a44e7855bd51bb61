import { asyncScheduler, EMPTY, map, mergeMap, Observable, of, retry, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { json, observeWebSocket, onOpen, retryWithBackoff, WebSocketError } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { inVirtualTime } from '../helpers/marbles.js';

type Action = (feed: WebSocketConnection, event: LifecycleEvent) => void;

/**
 * What is heard, with the state as it is heard, where an operator does something about the n-th event of a type, before
 * or after the retry.
 */
function heard(scripts: string[], type: LifecycleEvent['type'], n: number, act: Action, where: 'before' | 'after') {
  const log: string[] = [];
  inVirtualTime(({ cold, flush }) => {
    let seen = 0;
    const acting = tap<LifecycleEvent>((event) => {
      if (event.type === type && ++seen === n) act(feed, event);
    });
    const retrying = retryWithBackoff({ delays: [5, 5], resetAfter: 0 });
    const operators: Supervision[] = where === 'before' ? [acting, retrying] : [retrying, acting];
    const { transport } = scriptedServer(cold, scripts, { x: new Uint8Array([255]) });
    const feed: WebSocketConnection = observeWebSocket(
      { url: 'ws://test', transport, codec: json({ split: (frame) => [frame] as unknown[] }) },
      ...operators,
    );
    feed.lifecycle.subscribe({
      next: ({ type }) => log.push(`${type}, ${feed.state.value.status}`),
      error: () => log.push(`failed, ${feed.state.value.status}`),
      complete: () => log.push(`completed, ${feed.state.value.status}`),
    });
    timer(40).subscribe(() => void feed.close());
    flush();
  });
  return log;
}

const close: Action = (feed) => void feed.close();
const complete: Action = (feed) => feed.messages.complete();
const terminate: Action = (_, event) => event.type === 'open' && event.link.terminate(new WebSocketError('enough'));
const reconnect: Action = (feed) => feed.reconnect();
const places = ['before', 'after'] as const;

describe('What an operator causes while an event passes through it is told behind that event:', () => {
  describe.each(places)('%s the retry', (where) => {
    it.each([
      ['close()', close],
      ['messages.complete()', complete],
    ])('%s at the first `connecting`', (_, act) => {
      expect(heard(['--o'], 'connecting', 1, act, where)).toEqual([
        ...['connecting, connecting', 'close, closed'],
        'completed, closed',
      ]);
    });

    it.each([
      ['close()', close],
      ['messages.complete()', complete],
    ])('%s at the `connecting` of a retry', (_, act) => {
      expect(heard(['-#', '--o'], 'connecting', 2, act, where)).toEqual([
        ...['connecting, connecting', 'error, connecting', 'close, closed', 'reconnecting, reconnecting'],
        ...['connecting, connecting', 'close, closed'],
        'completed, closed',
      ]);
    });

    it('close() at the `error` of an attempt', () => {
      expect(heard(['-#', '--o'], 'error', 1, close, where)).toEqual([
        ...['connecting, connecting', 'error, connecting', 'close, closed'],
        'completed, closed',
      ]);
    });

    it('close() at `open`', () => {
      expect(heard(['-o', '-o'], 'open', 1, close, where)).toEqual([
        ...['connecting, connecting', 'open, closing', 'close, closed'],
        'completed, closed',
      ]);
    });

    it('terminate() at `open`', () => {
      expect(heard(['-o', '-o'], 'open', 1, terminate, where)).toEqual([
        ...['connecting, connecting', 'open, connecting', 'close, closed', 'reconnecting, reconnecting'],
        ...['connecting, connecting', 'open, open', 'close, closed'],
        'completed, closed',
      ]);
    });

    it('close() at `rejected`', () => {
      expect(heard(['-o-x', '-o'], 'rejected', 1, close, where)).toEqual([
        ...['connecting, connecting', 'open, open', 'rejected, closing', 'close, closed'],
        'completed, closed',
      ]);
    });

    it('reconnect() at `connecting`, which is told no more', () => {
      expect(heard(['-o', '-o'], 'connecting', 1, reconnect, where)).toEqual([
        ...['connecting, connecting', 'open, open', 'close, closed'],
        'completed, closed',
      ]);
    });
  });

  it('an end that a set-up brings about at once', () => {
    const log: string[] = [];
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o']);
      const seen: string[] = [];
      const feed: WebSocketConnection = observeWebSocket(
        { url: 'ws://test', transport },
        onOpen((link) => {
          link.terminate(new WebSocketError('enough', { fatal: true }));
          return EMPTY;
        }),
        tap(({ type }) => seen.push(type)),
      );
      feed.lifecycle.subscribe({ error: (error: unknown) => log.push(...seen, (error as Error).message) });
      flush();
    });

    expect(log).toEqual(['connecting', 'close', 'enough']);
  });

  it('also where operators in between emit more than they receive', () => {
    const log: string[] = [];
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['--o']);
      const feed: WebSocketConnection = observeWebSocket(
        { url: 'ws://test', transport },
        mergeMap((event) => of(event, event)),
        tap(({ type }) => {
          if (type === 'connecting') void feed.close();
        }),
      );
      feed.lifecycle.subscribe({ next: ({ type }) => log.push(type), complete: () => log.push('completed') });
      flush();
    });

    expect(log).toEqual(['connecting', 'close', 'completed']);
  });

  it('also where operators in between emit something else first', () => {
    const log: string[] = [];
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['--o']);
      const beat: LifecycleEvent = { type: 'heartbeat', latency: 1 };
      const feed: WebSocketConnection = observeWebSocket(
        { url: 'ws://test', transport },
        mergeMap((event) => (event.type === 'open' ? of(beat, event) : of(event))),
        tap((event) => {
          if (event.type === 'open') event.link.terminate(new WebSocketError('enough'));
        }),
      );
      feed.lifecycle.subscribe({ next: ({ type }) => log.push(type), error: () => log.push('failed') });
      flush();
    });

    expect(log).toEqual(['connecting', 'heartbeat', 'open', 'close', 'failed']);
  });

  it('or at once, where the operator has the source unsubscribed by an error of its own', () => {
    const log: string[] = [];
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o-x', '-o'], { x: new Uint8Array([255]) });
      const feed: WebSocketConnection = observeWebSocket(
        { url: 'ws://test', transport, codec: json() },
        map((event) => {
          if (event.type !== 'rejected') return event;
          feed.link!.terminate(new WebSocketError('enough'));
          throw new RangeError('mine');
        }),
        retry({ delay: 10 }),
      );
      feed.lifecycle.subscribe(({ type }) => log.push(`${asyncScheduler.now()} ${type}, ${feed.state.value.status}`));
      timer(20).subscribe(() => void feed.close());
      flush();
    });

    expect(log).toEqual([
      ...['0 connecting, connecting', '1 open, open', '3 close, closed'],
      ...['13 connecting, connecting', '14 open, open', '20 close, closed'],
    ]);
  });

  it('also where an operator that is made by hand throws then', () => {
    const transport = fakeTransport();
    const byHand: Supervision = (source) =>
      new Observable((subscriber) => {
        const seeing = source.subscribe(subscriber);
        const { next } = subscriber;
        subscriber.next = (event) => {
          if (event.type !== 'open') return next.call(subscriber, event);
          event.link.terminate(new WebSocketError('enough'));
          throw new RangeError('mine');
        };
        return seeing;
      });
    const feed = observeWebSocket({ url: 'ws://test', transport }, byHand);
    const log: string[] = [];
    feed.lifecycle.subscribe({
      next: ({ type }) => log.push(type),
      error: (error: unknown) => log.push(String(error)),
    });

    expect(() => transport.open()).toThrow('mine');

    expect(log).toEqual(['connecting', 'close', 'WebSocketError: enough']);
  });
});
