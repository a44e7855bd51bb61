import * as ours from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
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
import type { Observable, ObservableInput, OperatorFunction, Subscriber } from 'rxjs';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { Stage } from '../../src/rx/stage.js';
import { scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { brief } from '../helpers/record.js';
import { RELEASES, rxjsCopy } from '../helpers/rxjs-copies.js';
import type { RxjsCopy } from '../helpers/rxjs-copies.js';
import { connecting, open } from '../operators/lifecycle-events.js';

const clock = new CountingScheduler();

/** What lets numbers pass as they are. */
const OPERATORS: Readonly<Record<string, () => OperatorFunction<number, unknown>>> = {
  Stage: () => (source) => new ours.Observable((subscriber) => new Stage(subscriber, {}).subscribeTo(source)),
  bufferCountOrTime: () => bufferCountOrTime(1, 5, clock),
  'bufferCountOrTime with sizes': () => bufferCountOrTime(5, 5, { scheduler: clock, sizeOf: () => 1, maxSize: 1 }),
  mergeMapBounded: () => mergeMapBounded((n) => [n]),
  'mergeMapBounded with all options': () =>
    mergeMapBounded((n) => ours.of(n), { delayError: true, conflateBy: (n) => n, concurrency: 2 }),
  inSequence: () => inSequence((n) => n),
  onOpen: () => onOpen(() => []) as OperatorFunction<unknown, unknown>,
  stopOnFatalClose: () => stopOnFatalClose() as OperatorFunction<unknown, unknown>,
  heartbeat: () => heartbeat({ scheduler: clock }) as OperatorFunction<unknown, unknown>,
  retryWithBackoff: () => retryWithBackoff({ maxRetries: 0, scheduler: clock }),
};

/** What a subscriber of either copy is notified of. */
function notified(source: Observable<unknown>): string[] {
  const log: string[] = [];
  source.subscribe({
    next: (value) => log.push(String(value)),
    error: (error: unknown) => log.push(`# ${String(error)}`),
    complete: () => log.push('|'),
  });
  return log;
}

/** Where the source comes from, and what stands around the operator: of the other copy, or of ours. */
const PLACES: Readonly<
  Record<string, (theirs: RxjsCopy['rxjs'], operator: OperatorFunction<number, unknown>) => Place>
> = {
  'on a source of another copy': (theirs, operator) => ({ rxjs: theirs, around: operator }),
  'between operators of another copy': (theirs, operator) => ({
    rxjs: ours,
    around: (source) =>
      source.pipe(
        theirs.map((n) => n),
        operator,
        theirs.map((value) => value),
      ),
  }),
  'below a subscriber of another copy': (theirs, operator) => ({
    rxjs: ours,
    around: (source) => new theirs.Observable((subscriber) => source.pipe(operator).subscribe(subscriber)),
  }),
};

interface Place {
  readonly rxjs: typeof ours;
  readonly around: OperatorFunction<number, unknown>;
}

describe.each(RELEASES.map((release) => `rxjs-${release}`))('Beside a copy of %s', (name) => {
  const { rxjs: theirs, testing, version } = rxjsCopy(name);

  it('which is another one', () => {
    expect(name).toBe(`rxjs-${version}`);
    if (process.env.RXJS !== name) expect(theirs.Observable).not.toBe(ours.Observable);
  });

  describe.each(Object.entries(OPERATORS))('%s', (_operator, make) => {
    describe.each(Object.entries(PLACES))('%s', (_place, placed) => {
      it('passes values and completion, and unsubscribes from the source', () => {
        const { rxjs, around } = placed(theirs, make());
        const source = new rxjs.Subject<number>();

        const log = notified(source.pipe(around));
        for (const n of [1, 2]) source.next(n);
        source.complete();

        expect(log).toEqual(['1', '2', '|']);
        expect(source.observed).toBe(false);
        expect(clock.pending).toBe(0);
      });

      it('passes values and an error', () => {
        const { rxjs, around } = placed(theirs, make());
        const source = new rxjs.Subject<number>();

        const log = notified(source.pipe(around));
        source.next(1);
        source.error('failure');

        expect(log).toEqual(['1', '# failure']);
        expect(source.observed).toBe(false);
        expect(clock.pending).toBe(0);
      });

      it('unsubscribes early', () => {
        const { rxjs, around } = placed(theirs, make());
        const torn = vi.fn();
        const source = new rxjs.Subject<number>();

        const subscription = source.pipe(rxjs.finalize(torn), around).subscribe();
        source.next(1);
        subscription.unsubscribe();

        expect(torn).toHaveBeenCalledOnce();
        expect(source.observed).toBe(false);
        expect(clock.pending).toBe(0);
      });

      it.each(['our', 'their'])('stops a synchronous source where %s take(2) has enough', (whose) => {
        const { rxjs, around } = placed(theirs, make());
        const { take } = whose === 'our' ? ours : theirs;
        const produced: number[] = [];
        const source = new rxjs.Observable<number>((subscriber) => {
          for (let n = 1; n <= 100 && !subscriber.closed; n++) {
            produced.push(n);
            subscriber.next(n);
          }
        });

        const log = notified(source.pipe(around, take(2)));

        expect(log).toEqual(['1', '2', '|']);
        expect(produced).toEqual([1, 2]);
        expect(clock.pending).toBe(0);
      });
    });
  });

  it('a stage that has ended is not kept by its destination', () => {
    let destination!: Subscriber<never>;
    new theirs.Observable<never>((subscriber) => void (destination = subscriber)).subscribe();
    const kept = () => (destination as unknown as { _finalizers: unknown[] })._finalizers;

    const stage = new Stage(destination, {});
    expect(kept()).toEqual([stage]);
    stage.unsubscribe();

    expect(kept()).toEqual([]);
  });

  it.each<[string, () => ObservableInput<unknown>, readonly string[]]>([
    ['an Observable', () => theirs.timer(5, clock), ['connecting', 'open']],
    ['one that fails', () => theirs.throwError(() => 'no'), ['connecting']],
    ['one that emits and completes', () => theirs.of(1, 2), ['connecting', 'open']],
  ])('onOpen takes %s of it for a set-up', (_, setUp, expected) => {
    const types: string[] = [];

    ours
      .concat(ours.of<LifecycleEvent[]>(connecting(), open()), ours.NEVER)
      .pipe(onOpen(setUp))
      .subscribe(({ type }) => types.push(type));
    clock.advance(5);

    expect(types).toEqual(expected);
  });

  it('mergeMapBounded takes inner streams of it', () => {
    const log = notified(
      ours.of(1, 2, 3).pipe(mergeMapBounded((n) => theirs.timer(5, clock).pipe(theirs.map(() => n)))),
    );

    clock.advance(15);

    expect(log).toEqual(['1', '2', '3', '|']);
  });

  it('operators run in the time of its TestScheduler, which they are given', () => {
    const scheduler = new testing.TestScheduler((actual, expected) => expect(actual).toEqual(expected));

    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c----d---------e-|');
      const inner = cold('    ---x|              ');

      const batches = source.pipe(bufferCountOrTime(3, 5, scheduler));
      const results = source.pipe(mergeMapBounded((value) => inner.pipe(theirs.map(() => value))));
      const retried = cold('a#').pipe(retryWithBackoff({ delays: [3], scheduler }), theirs.take(3));

      expectObservable(batches).toBe('-----x---------y------(z|)', { x: ['a', 'b', 'c'], y: ['d'], z: ['e'] });
      expectObservable(results).toBe('----a---b---c---d------e|');
      expectObservable(retried).toBe('a---a---(a|)');
      expectSubscriptions(source.subscriptions).toBe(['^---------------------!', '^---------------------!']);
    });
  });

  it('a connection is supervised by its operators and ours, and read by its operators, in its time', () => {
    const scheduler = new testing.TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    const log: string[] = [];
    const note = (what: string) => log.push(`${scheduler.now()} ${what}`);

    scheduler.run(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o-a-#', '-o-b-c']);
      const feed = observeWebSocket<string>(
        { url: 'ws://test', transport: server.transport, scheduler },
        theirs.tap(({ type }) => type),
        heartbeat({ scheduler, random: () => 0.5 }),
        onOpen((link) => theirs.of(link).pipe(theirs.ignoreElements())),
        theirs.filter(({ type }) => type !== 'error'),
        stopOnFatalClose(),
        retryWithBackoff({ delays: [5], scheduler }),
        theirs.takeWhile(({ type }) => type !== 'dropped'),
      );
      server.closes.subscribe(({ code }) => note(`closed with ${code}`));
      server.sent.pipe(theirs.map(String)).subscribe(note);
      theirs.of('hello').subscribe(feed.messages.next.bind(feed.messages));
      theirs
        .merge(
          feed.state.pipe(
            theirs.skip(1),
            theirs.map(({ status }) => status),
          ),
          feed.lifecycle.pipe(theirs.map(brief)),
          feed.messages.pipe(
            bufferCountOrTime(5, 2, scheduler),
            mergeMapBounded((batch) => theirs.of(batch.join(' '))),
          ),
        )
        .pipe(theirs.takeUntil(theirs.timer(20, scheduler)))
        .subscribe({ next: note, complete: () => note('|') });
      flush();

      expect(log).toEqual([
        ...['0 connecting', '0 connecting 1', '1 open', '1 open 1', '1 hello'],
        ...['5 closed', '5 close 1006 remote unclean', '5 reconnecting'],
        '5 reconnecting 1 in 5 after ConnectionClosedError',
        ...['5 a', '10 connecting', '10 connecting 2', '11 open', '11 open 2', '15 b c'],
        ...['20 |', '20 closed with 1000'],
      ]);
      expect(feed.state.value.status).toBe('idle');
    });
  });

  it('its functions take the streams of a connection', () => {
    const scheduler = new testing.TestScheduler(() => undefined);

    scheduler.run(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b-|']);
      const feed = observeWebSocket<string>({ url: 'ws://test', transport, scheduler });
      const all = notified(theirs.from(feed.messages));

      flush();

      expect(all).toEqual(['a', 'b', '# ConnectionClosedError: The connection was closed with code 1000.']);
    });
  });
});
