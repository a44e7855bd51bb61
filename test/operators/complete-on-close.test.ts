import { of, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { completeOnClose, retryWithBackoff } from '../../operators/index.js';
import { ConnectionClosedError, HandshakeError } from '../../src/protocol/errors.js';
import { observeWebSocket } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { closeWith, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { close, closedWith, connecting, open, reconnecting } from './lifecycle-events.js';
import { addsNothingToQuietSources } from './quiet-sources.js';

const c = connecting();
const o = open();
const x = close(1000);

describe('completeOnClose', () => {
  it('passes events on, and completes in the place of a normal close', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  c-o--x#', { c, o, x }, closedWith(1000));
      const sub = '          ^-----!';
      const expected = '     c-o--x|';

      expectObservable(source.pipe(completeOnClose())).toBe(expected, { c, o, x });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('completes at the `reconnecting` event that reports it, and unsubscribes from the source', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  c-o--xr----c', { c, o, x, r: reconnecting(1, 5, closedWith(1000)) });
      const sub = '          ^-----!';
      const expected = '     c-o--x|';

      expectObservable(source.pipe(completeOnClose())).toBe(expected, { c, o, x });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('lets a `reconnecting` event pass that reports any other end', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const values = { c, r: reconnecting(1, 5, closedWith(1001)) };

      expectObservable(cold('cr----c-', values).pipe(completeOnClose())).toBe('cr----c-', values);
    });
  });

  it('completes on no other event that reports such an end', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const values = { c, e: { type: 'error', error: closedWith(1000) } as const };

      expectObservable(cold('ce---c-', values).pipe(completeOnClose())).toBe('ce---c-', values);
    });
  });

  it('does not complete on the `close` event itself', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('cox---|', { c, o, x }).pipe(completeOnClose())).toBe('cox---|', { c, o, x });
    });
  });

  it.each([
    [undefined, [1000], [1001, 1005, 1006, 3000, 4000]],
    [[1000, 1005], [1000, 1005], [1001]],
    [new Set([4000]), [4000], [1000]],
    [[], [], [1000]],
  ])('with %o ends quietly on %j, and with the error on %j', (codes, quiet, loud) => {
    const endOf = (error: unknown) => {
      const ends: unknown[] = [];
      throwError(() => error)
        .pipe(completeOnClose(codes))
        .subscribe({ error: (thrown: unknown) => ends.push(thrown), complete: () => ends.push('completed') });
      return ends;
    };

    for (const code of quiet) expect(endOf(closedWith(code))).toEqual(['completed']);
    for (const code of loud) {
      const error = closedWith(code);
      expect(endOf(error)[0]).toBe(error);
    }
  });

  it.each([
    ['an Error', new Error('foreign')],
    ['a string', 'foreign'],
    ['a refused handshake', new HandshakeError('refused', { status: 503 })],
    ['a foreign error with a code', Object.assign(new Error(), { code: 1000 })],
  ])('passes any other error on, the very same: %s', (_what, error) => {
    let end: unknown;

    throwError(() => error)
      .pipe(completeOnClose())
      .subscribe({ error: (thrown: unknown) => (end = thrown) });

    expect(end).toBe(error);
  });

  it('takes an iterable that can be read once, for all its subscriptions', () => {
    const operator = completeOnClose([4000, 4001].values());
    const ends: string[] = [];

    for (const code of [4001, 4000, 1000]) {
      throwError(() => closedWith(code))
        .pipe(operator)
        .subscribe({ error: () => ends.push(`${code} #`), complete: () => ends.push(`${code} |`) });
    }

    expect(ends).toEqual(['4001 |', '4000 |', '1000 #']);
  });

  describe('with a predicate', () => {
    const closed = (code: number, reason: string) => new ConnectionClosedError({ code, reason, wasClean: true });
    const isFinished = (code: number, error: Error) => code === 1000 && error.message.includes('finished');

    it('ends quietly where it says so, by the code and the error', () => {
      const endOf = (error: unknown) => {
        const ends: unknown[] = [];
        throwError(() => error)
          .pipe(completeOnClose(isFinished))
          .subscribe({ error: (thrown: unknown) => ends.push(thrown), complete: () => ends.push('|') });
        return ends[0];
      };
      const restart = closed(1000, 'restart');
      const other = closed(1001, 'finished');

      expect(endOf(closed(1000, 'finished'))).toBe('|');
      expect(endOf(restart)).toBe(restart);
      expect(endOf(other)).toBe(other);
    });

    it('asks it at a `reconnecting` event too', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const values = {
          c,
          r: reconnecting(1, 5, closed(1000, 'restart')),
          s: reconnecting(2, 5, closed(1000, 'finished')),
        };

        expectObservable(cold('cr--cs--c', values).pipe(completeOnClose(isFinished))).toBe('cr--c|', values);
      });
    });

    it('passes on what it throws, in place of the error', () => {
      const thrown = new Error('cannot tell');
      const fails = () => {
        throw thrown;
      };
      const ends: unknown[] = [];
      const observer = { error: (error: unknown) => ends.push(error) };

      throwError(() => closedWith(1000))
        .pipe(completeOnClose(fails))
        .subscribe(observer);
      of(reconnecting(1, 5, closedWith(1000)))
        .pipe(completeOnClose(fails))
        .subscribe(observer);

      expect(ends).toEqual([thrown, thrown]);
    });

    it('does not ask it about what is no close', () => {
      const asked = vi.fn(() => true);
      const ends: unknown[] = [];

      for (const error of [new HandshakeError('refused', { status: 503 }), new Error('foreign'), 'a string']) {
        throwError(() => error)
          .pipe(completeOnClose(asked))
          .subscribe({ error: (end: unknown) => ends.push(end) });
      }

      expect(ends).toHaveLength(3);
      expect(asked).not.toHaveBeenCalled();
    });
  });

  addsNothingToQuietSources(completeOnClose);

  it('judges each subscription by itself', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('c--#', { c }, closedWith(1000));
      const result = source.pipe(completeOnClose());

      expectObservable(result, '^').toBe('c--|', { c });
      expectObservable(result, '--^').toBe('--c--|', { c });
      expectSubscriptions(source.subscriptions).toBe(['^--!', '--^--!']);
    });
  });

  describe('on a connection', () => {
    const retry = () => retryWithBackoff<LifecycleEvent>({ delays: [5, 5] });

    it.each([
      ['before', [completeOnClose([1000, 4000]), retry()]],
      ['after', [retry(), completeOnClose([1000, 4000])]],
    ] as const)('%s retryWithBackoff, ends both streams quietly, and the retries with them', (_where, supervision) => {
      for (const [last, code] of [
        ['o-b|', 1000],
        ['o-bq', 4000],
      ] as const) {
        let lines: string[] = [];
        let messages: string[] = [];
        inVirtualTime(({ cold }) => {
          const server = scriptedServer(cold, ['o-a#', last, 'o'], { q: closeWith(4000) });
          const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, ...supervision);
          lines = record(feed.lifecycle, brief);
          messages = record(feed.messages);
        });

        expect(lines).toEqual([
          '0 connecting 1',
          '0 open 1',
          '3 close 1006 remote unclean',
          '3 reconnecting 1 in 5 after ConnectionClosedError',
          '8 connecting 2',
          '8 open 2',
          `11 close ${code} remote`,
          '11 |',
        ]);
        expect(messages).toEqual(['2 "a"', '10 "b"', '11 |']);
      }
    });

    it('without it a normal close of the server is retried', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold }) => {
        const server = scriptedServer(cold, ['o|']);
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, retry());
        lines = record(feed.lifecycle, brief);
      });

      expect(lines.filter((line) => line.includes('reconnecting'))).toHaveLength(2);
      expect(lines.at(-1)).toBe('13 # ConnectionClosedError');
    });
  });

  it.each([
    [1000, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got 1000.'],
    [null, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got null.'],
    ['1000', TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got "1000".'],
    [['1000'], TypeError, 'Expected `codes` to be an integer of 0 or more, got "1000".'],
    [[-1], RangeError, 'Expected `codes` to be an integer of 0 or more, got -1.'],
  ])('refuses %o when it is made', (codes, kind, message) => {
    const make = () => completeOnClose(codes as never);

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
