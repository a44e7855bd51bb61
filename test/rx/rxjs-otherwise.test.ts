import { finalize, map, NEVER, Observable, of, Subject, take, throwError, timer } from 'rxjs';
import type { OperatorFunction } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  bufferCountOrTime,
  heartbeat,
  inSequence,
  mergeMapBounded,
  onOpen,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../operators/index.js';
import { observeWebSocket } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { Stage } from '../../src/rx/stage.js';
import { scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { reverseTeardown, wrapSubscribers } from '../helpers/rxjs-otherwise.js';

const clock = new CountingScheduler();

/** What lets numbers pass as they are. */
const OPERATORS: Readonly<Record<string, () => OperatorFunction<number, unknown>>> = {
  Stage: () => (source) => new Observable((subscriber) => new Stage(subscriber, {}).subscribeTo(source)),
  bufferCountOrTime: () => (source) =>
    source.pipe(
      bufferCountOrTime(1, 5, clock),
      map(([n]) => n),
    ),
  mergeMapBounded: () => mergeMapBounded((n) => of(n)),
  'mergeMapBounded with delayError': () => mergeMapBounded((n) => of(n), { delayError: true }),
  inSequence: () => inSequence((n) => n),
  onOpen: () => onOpen(() => NEVER) as OperatorFunction<unknown, unknown>,
  stopOnFatalClose: () => stopOnFatalClose() as OperatorFunction<unknown, unknown>,
  retryWithBackoff: () => retryWithBackoff({ maxRetries: 0 }),
  heartbeat: () => heartbeat({ scheduler: clock }) as OperatorFunction<unknown, unknown>,
};

describe.each([
  ['puts a Subscriber of its own around what is none', wrapSubscribers],
  ['tears down in another order', reverseTeardown],
])('Where RxJS %s', (_, change) => {
  beforeEach(change);
  afterEach(() => {
    vi.restoreAllMocks();
  });

  describe.each(Object.entries(OPERATORS))('%s', (_name, operator) => {
    it.each([
      ['completion', 'complete', ['1', '2', '|']],
      ['an error', 'error', ['1', '2', '# failure']],
    ] as const)('passes values and %s, and unsubscribes from the source', (_what, how, expected) => {
      const log: string[] = [];
      const torn = vi.fn();
      const source = new Subject<number>();
      source.pipe(finalize(torn), operator()).subscribe({
        next: (value) => log.push(String(value)),
        error: (error: unknown) => log.push(`# ${String(error)}`),
        complete: () => log.push('|'),
      });

      for (const n of [1, 2]) source.next(n);
      source[how]('failure');

      expect(log).toEqual(expected);
      expect(torn).toHaveBeenCalledOnce();
      expect(source.observed).toBe(false);
      expect(clock.pending).toBe(0);
    });

    it('unsubscribes from the source, and emits nothing more', () => {
      const log: unknown[] = [];
      const source = new Subject<number>();
      const subscription = source.pipe(operator()).subscribe((value) => log.push(value));

      source.next(1);
      subscription.unsubscribe();
      source.next(2);

      expect(log).toEqual([1]);
      expect(source.observed).toBe(false);
      expect(clock.pending).toBe(0);
    });

    it('stops a source in the middle that emits while it is being subscribed to, not only the first one', () => {
      const produced: number[] = [];
      const source = new Observable<number>((subscriber) => {
        for (let n = 1; n <= 100 && !subscriber.closed; n++) {
          produced.push(n);
          subscriber.next(n);
        }
      });

      const result = source.pipe(operator(), take(2));

      result.subscribe();
      result.subscribe();

      expect(produced).toEqual([1, 2, 1, 2]);
    });
  });

  it('bufferCountOrTime flushes the rest before the end, and discards it on unsubscription', () => {
    const batches: unknown[] = [];
    const source = new Subject<number>();
    const result = source.pipe(bufferCountOrTime(5, 5, clock));
    result.subscribe((batch) => batches.push(batch));
    const subscription = result.subscribe((batch) => batches.push(['late', batch]));

    source.next(1);
    subscription.unsubscribe();
    source.complete();

    expect(batches).toEqual([[1]]);
    expect(clock.pending).toBe(0);
  });

  it('mergeMapBounded starts nothing more once it is unsubscribed', () => {
    const started: number[] = [];
    const source = new Subject<number>();
    const subscription = source.pipe(mergeMapBounded((n) => (started.push(n), NEVER))).subscribe();
    for (const n of [1, 2, 3]) source.next(n);

    subscription.unsubscribe();

    expect(started).toEqual([1]);
    expect(source.observed).toBe(false);
  });

  it('onOpen ends with a set-up that fails, and unsubscribes one that waits', () => {
    const torn = vi.fn();
    const setUps = [throwError(() => 'no'), NEVER.pipe(finalize(torn))];
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        onOpen(() => setUps.shift()!),
        retryWithBackoff({ delays: [5] }),
      );
      const log = record(feed.lifecycle, brief, timer(20));
      at(21, () => expect(torn).toHaveBeenCalledOnce());

      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '0 close 4000 local unclean',
        '0 reconnecting 1 in 5 after SetupError',
        '5 connecting 2',
      ]);
    });
  });

  it('a supervised connection reconnects, and leaves nothing when it is unsubscribed from', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o-a-#', '-o-b']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        heartbeat({ random: () => 0.5 }),
        stopOnFatalClose(),
        retryWithBackoff({ delays: [5] }),
      );
      const closes = record(server.closes);
      const lifecycle = record<LifecycleEvent>(feed.lifecycle, brief, timer(20));
      const messages = record(feed.messages, undefined, timer(20));

      flush();

      expect(lifecycle).toEqual([
        '0 connecting 1',
        '1 open 1',
        '5 close 1006 remote unclean',
        '5 reconnecting 1 in 5 after ConnectionClosedError',
        '10 connecting 2',
        '11 open 2',
      ]);
      expect(messages).toEqual(['3 "a"', '13 "b"']);
      expect(closes).toEqual(['20 {"code":1000,"reason":""}']);
      expect(feed.state.value).toEqual({ status: 'idle' });
    });
  });
});
