import { fc, test } from '@fast-check/vitest';
import { asyncScheduler, concatWith, EMPTY, map, NEVER, of, queueScheduler, Subject } from 'rxjs';
import type { Subscription } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { heartbeat, ofType, retryWithBackoff, stopOnFatalClose } from '../../operators/index.js';
import type { HeartbeatOptions } from '../../operators/index.js';
import { isHeartbeatTimeoutError } from '../../src/protocol/error-guards.js';
import { HeartbeatTimeoutError, WebSocketError } from '../../src/protocol/errors.js';
import { observeWebSocket } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { ping, pong, raw, scriptedServer } from '../../src/testing/index.js';
import type { Transport, TransportSocket } from '../../src/transport/transport.js';
import { visible } from '../../src/page/visible.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { FakePage } from '../helpers/fake-page.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { FakeLink } from './fake-link.js';
import { close, connecting, heartbeatEvent, open } from './lifecycle-events.js';
import { supervised } from './supervised-link.js';

describe('heartbeat', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  describe('as an operator', () => {
    const c = connecting();
    const x = close();

    it('passes every event on at its time, and its heartbeats among them', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const link = new FakeLink(asyncScheduler);
        link.onSent = () => link.pong();
        const o = open(link);
        const source = cold('  c-o-------x|', { c, o, x });
        const sub = '          ^----------!';
        const expected = '     c-o-h---h-x|';

        const result = source.pipe(heartbeat({ interval: 4, timeout: 2, random: () => 0.5 }));

        expectObservable(result).toBe(expected, { c, o, x, h: heartbeatEvent(0) });
        expectSubscriptions(source.subscriptions).toBe(sub);
      });
    });

    it('asks an interval that is a function on every open', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const link = new FakeLink(asyncScheduler);
        link.onSent = () => link.pong();
        const intervals = [4, 2];
        const source = cold('  o------x-o----', { o: open(link), x });
        const expected = '     o-h---hx-oh-h-';

        const interval = () => intervals.shift()!;
        const result = source.pipe(heartbeat({ interval, timeout: 1, random: () => 0.5 }));

        expectObservable(result, '^-------------!').toBe(expected, { o: open(link), x, h: heartbeatEvent(0) });
      });
    });

    it.each([
      [
        'what it throws',
        () => {
          throw new Error('mine');
        },
        'mine',
      ],
      ['that it is none', () => 0, 'Expected `interval` to be a number of 1 or more, got 0.'],
      ['that it is no number', () => '5' as never, 'Expected `interval` to be a number of 1 or more, got "5".'],
    ])('errors at the open where an interval is a function: %s', (_what, interval, message) => {
      const ends: unknown[] = [];

      of(c, open())
        .pipe(heartbeat({ interval }))
        .subscribe({ error: (error: unknown) => ends.push((error as Error).message) });

      expect(ends).toEqual([message]);
    });

    it('completes with an empty source', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold<LifecycleEvent>('---|');

        expectObservable(source.pipe(heartbeat())).toBe('---|');
        expectObservable(EMPTY.pipe(heartbeat())).toBe('|');
        expectSubscriptions(source.subscriptions).toBe('^--!');
      });
    });

    it('stays silent with a source that never emits, and unsubscribes from it', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold<LifecycleEvent>('-');
        const sub = '                        ^----!';

        expectObservable(source.pipe(heartbeat()), sub).toBe('-');
        expectSubscriptions(source.subscriptions).toBe(sub);
      });
    });

    it('passes an error of the source on, the very same', () => {
      const failure = new Error('the source failed');
      const seen: unknown[] = [];
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('c-o--#', { c, o: open() }, failure);
        const result = source.pipe(heartbeat());

        result.subscribe({ error: (error: unknown) => seen.push(error) });
        expectObservable(result).toBe('c-o--#', { c, o: open() }, failure);
        expectSubscriptions(source.subscriptions).toBe(['^----!', '^----!']);
      });

      expect(seen[0]).toBe(failure);
    });

    it('passes on what comes in one go', () => {
      const events: string[] = [];

      of(c, open(), x)
        .pipe(heartbeat())
        .subscribe({ next: ({ type }) => events.push(type), complete: () => events.push('|') });

      expect(events).toEqual(['connecting', 'open', 'close', '|']);
    });

    it('keeps two subscribers apart, each with the connection that is its own', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const early = new FakeLink(asyncScheduler);
        const late = new FakeLink(asyncScheduler);
        const opens = [open(early), open(late)];
        early.onSent = () => early.pong();
        late.onSent = () => late.pong();
        const result = cold<'o'>('o').pipe(
          map(() => opens.shift()!),
          heartbeat({ interval: 4, timeout: 3, random: () => 0.5 }),
          ofType('heartbeat'),
        );

        expectObservable(result, '^------!  ').toBe('--h---h', { h: heartbeatEvent(0) });
        expectObservable(result, '-^-------!').toBe('---h---h', { h: heartbeatEvent(0) });
      });
    });

    it('leaves nothing running when it is unsubscribed', () => {
      const { clock, link, source, subscription } = supervised({ isReply: () => true, ping: () => 'ping' });
      clock.advance(30); // a ping is unanswered

      expect(clock.pending).toBeGreaterThan(0);
      expect(link.watched).toBe(true);
      subscription.unsubscribe();

      expect(clock.pending).toBe(0);
      expect(link.watched).toBe(false);
      expect(source.observed).toBe(false);
    });

    it.each([
      ['closes', (source: Subject<LifecycleEvent>) => source.next(close())],
      ['errors', (source: Subject<LifecycleEvent>) => source.error(new Error('broken'))],
      ['completes', (source: Subject<LifecycleEvent>) => source.complete()],
    ])('leaves nothing running once the source %s', (_how, end) => {
      for (const ping of ['frame', 'none', () => 'ping'] as const) {
        for (const elapsed of [10, 30]) {
          const { clock, link, source } = supervised({ ping, ...(ping !== 'frame' && { isReply: () => true }) });
          clock.advance(elapsed);
          expect(clock.pending).toBeGreaterThan(0);

          end(source);

          expect(clock.pending).toBe(0);
          expect(link.watched).toBe(false);
        }
      }
    });

    it('measures by the async scheduler and uses Math.random by default', () => {
      vi.spyOn(Math, 'random').mockReturnValue(0.5);
      let log: string[] = [];
      inVirtualTime(({ cold, expectObservable }) => {
        const link = new FakeLink(asyncScheduler);
        log = link.log;
        link.onSent = () => asyncScheduler.schedule(() => link.pong(), 70);

        expectObservable(cold('o', { o: open(link) }).pipe(heartbeat(), ofType('heartbeat')), '^ 60s !').toBe(
          '10070ms h 19999ms h 19999ms h',
          { h: heartbeatEvent(70) },
        );
      });

      expect(log).toEqual(['10000 ping', '30000 ping', '50000 ping']);
    });

    it('lets a peer be silent for 10 s by default', () => {
      const { clock, log } = supervised({ interval: undefined!, timeout: undefined! });

      clock.advance(5000 + 9999);
      expect(log).toEqual(['5000 ping']);
      clock.advance(1);

      expect(log).toEqual(['5000 ping', '15000 terminate HeartbeatTimeoutError']);
    });
  });

  describe('its pings', () => {
    it('go on whatever other events come', () => {
      const { clock, link, log, source } = supervised();
      link.onSent = () => link.pong();

      source.next({ type: 'dropped', count: 1, reason: 'overflow' });
      clock.advance(299);

      expect(log.filter((line) => line.endsWith('ping'))).toEqual(['25 ping', '125 ping', '225 ping']);
    });

    it.each([
      [0, ['0 ping', '100 ping', '200 ping']],
      [0.25, ['25 ping', '125 ping', '225 ping']],
      [0.99, ['99 ping', '199 ping', '299 ping']],
    ])('begin at random() · interval and are `interval` apart; random() %d', (random, expected) => {
      const { clock, link, log } = supervised({ random: () => random });
      link.onSent = () => link.pong();

      clock.advance(299);

      expect(log.filter((line) => line.endsWith('ping'))).toEqual(expected);
    });

    it.each([NaN, undefined, -1, 2, Infinity])(
      'begin after an interval where random() is %s, and those of others go on',
      (random) => {
        const broken = supervised({ random: () => random! });
        const { link, log } = supervised({ random: () => 0.25, scheduler: broken.clock });
        broken.link.onSent = () => broken.link.pong();
        link.onSent = () => link.pong();

        broken.clock.advance(299);

        expect(broken.log.filter((line) => line.endsWith('ping'))).toEqual(['100 ping', '200 ping']);
        expect(log.filter((line) => line.endsWith('ping'))).toHaveLength(3);
      },
    );

    it('are `interval` apart from ping to ping, however long the answers take', () => {
      const { clock, link, log } = supervised();
      link.onSent = () => clock.schedule(() => link.pong(), 29);

      clock.advance(254);

      expect(log).toEqual([
        '25 ping',
        '54 heartbeat 29',
        '125 ping',
        '154 heartbeat 29',
        '225 ping',
        '254 heartbeat 29',
      ]);
    });

    it('are not sent while one is unanswered, and do not queue', () => {
      const { clock, link, log } = supervised({ interval: 10, timeout: 35, random: () => 0 });
      link.onSent = () => clock.schedule(() => link.pong(), 32);

      clock.advance(79);

      expect(log).toEqual(['0 ping', '32 heartbeat 32', '40 ping', '72 heartbeat 32']);
    });

    it('roll once a connection', () => {
      const random = vi.fn(() => 0.5);
      const { clock, link, source } = supervised({ random });
      link.onSent = () => link.pong();

      clock.advance(1000);
      expect(random).toHaveBeenCalledTimes(1);
      source.next(close());
      source.next(open(link));

      expect(random).toHaveBeenCalledTimes(2);
    });

    it('end with the connection, and begin afresh with the next one', () => {
      const { clock, link, log, source } = supervised();
      const next = new FakeLink(clock, { log });
      link.onSent = () => link.pong();
      next.onSent = () => next.pong();

      clock.advance(130);
      source.next(close());
      clock.advance(500);
      expect(log).toEqual(['25 ping', '25 heartbeat 0', '125 ping', '125 heartbeat 0']);
      source.next(connecting(2));
      clock.advance(500);
      source.next(open(next));
      clock.advance(125);

      expect(log.slice(4)).toEqual(['1155 ping', '1155 heartbeat 0', '1255 ping', '1255 heartbeat 0']);
      expect(link.watched).toBe(false);
    });

    it('go to the newer of two connections, though no `close` of the older one came', () => {
      const { clock, link, log, source } = supervised();
      const next = new FakeLink(clock, { log: [] });
      link.onSent = () => link.pong();
      next.onSent = () => next.pong();
      clock.advance(30);

      source.next(open(next));
      clock.advance(200);

      expect(log).toEqual(['25 ping', '25 heartbeat 0', '55 heartbeat 0', '155 heartbeat 0']);
      expect(next.log).toEqual(['55 ping', '155 ping']);
      expect(link.watched).toBe(false);
    });

    it('go to no connection that ended while its `open` was being emitted', () => {
      const clock = new CountingScheduler();
      const link = new FakeLink(clock);
      const source = new Subject<LifecycleEvent>();
      source.pipe(heartbeat({ random: () => 0, scheduler: clock })).subscribe((event) => {
        if (event.type === 'open') source.next(close());
      });

      source.next(open(link));
      clock.advance(100_000);

      expect(link.log).toEqual([]);
      expect(clock.pending).toBe(0);
    });

    it('are not sent where nothing that is sent can reach the peer any more', () => {
      const { clock, link, log } = supervised();
      clock.advance(24);

      link.writable = false;
      clock.advance(1000);

      expect(log).toEqual([]);
    });

    it('are not made where they cannot be sent: while paused, while closing and while one is unanswered', () => {
      const ping = vi.fn(() => 'ping');
      const { clock, link } = supervised({ ping, timeout: 1000 });
      link.pause();
      clock.advance(200);
      link.resume();
      link.writable = false;
      clock.advance(200);
      expect(ping).not.toHaveBeenCalled();

      link.writable = true;
      clock.advance(500);

      expect(ping).toHaveBeenCalledOnce();
    });

    it('may return what is no Observable, of which nothing is awaited', () => {
      const { clock, link, log } = supervised();
      link.ping = () => link.log.push('ping');

      clock.advance(40);
      link.pong();

      expect(log).toEqual(['ping', '40 heartbeat 15']);
    });

    it('are what the function makes, as text or as bytes, a new one each time', () => {
      let n = 0;
      const makers = { ping: () => (n++ === 0 ? 'first' : new Uint8Array([n])) };
      const { clock, link, log } = supervised(makers, { pingFrames: false });
      link.onSent = () => link.message('anything');

      clock.advance(225);

      expect(log.filter((line) => line.includes('sent'))).toEqual(['25 sent first', '125 sent 2', '225 sent 3']);
    });

    it('are what the function makes where the transport has ping frames too', () => {
      const { clock, log } = supervised({ ping: () => 'ping' });

      clock.advance(25);

      expect(log).toEqual(['25 sent ping']);
    });

    it('need a function where the transport has no ping frames: a fatal error says so at once', () => {
      const { clock, link } = supervised({ random: () => 0.99 }, { pingFrames: false });

      clock.advance(0);

      expect(link.terminatedWith).toBeInstanceOf(WebSocketError);
      expect(link.terminatedWith).toMatchObject({
        fatal: true,
        message: 'This transport has no ping frames: give `heartbeat` a `ping` function.',
      });
      expect(clock.pending).toBe(0);
    });

    it.each([
      ['an Error', new Error('no ping'), { message: 'no ping' }],
      ['anything else', 'no ping', { name: 'WebSocketError', cause: 'no ping' }],
    ])('end the connection with what the function throws: %s', (_what, thrown, expected) => {
      const { clock, link } = supervised({
        ping: () => {
          throw thrown;
        },
      });

      clock.advance(25);

      expect(link.terminatedWith).toMatchObject(expected);
      if (thrown instanceof Error) expect(link.terminatedWith).toBe(thrown);
      expect(clock.pending).toBe(0);
    });
  });

  describe('unsubscribed while it begins', () => {
    it.each(['interval', 'random'] as const)('in `%s`, sends nothing and leaves no timer', (where) => {
      const clock = new CountingScheduler();
      const link = new FakeLink(clock);
      const source = new Subject<LifecycleEvent>();
      const answers = { interval: 100, random: 0.5 };
      const answer = (asked: typeof where) => () => {
        if (asked === where) subscription.unsubscribe();
        return answers[asked];
      };
      const options = { interval: answer('interval'), random: answer('random'), scheduler: clock };
      const subscription = source.pipe(heartbeat(options)).subscribe();

      source.next(open(link));
      clock.advance(1000);

      expect(link.log).toEqual([]);
      expect(clock.pending).toBe(0);
    });

    it('by `random`, with a scheduler that does not wait, sends nothing', () => {
      vi.useFakeTimers();
      const link = new FakeLink(queueScheduler);
      const source = new Subject<LifecycleEvent>();
      const random = () => {
        subscription.unsubscribe();
        return 0;
      };

      const subscription = source.pipe(heartbeat({ scheduler: queueScheduler, random })).subscribe();
      source.next(open(link));

      expect(link.log).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    });

    it('by its first ping, with a scheduler that does not wait, leaves no timer', () => {
      vi.useFakeTimers();
      const link = new FakeLink(queueScheduler, { pingFrames: false });
      const source = new Subject<LifecycleEvent>();
      link.onTerminate = () => source.next(close());

      source.pipe(heartbeat({ interval: 5, scheduler: queueScheduler })).subscribe();
      source.next(open(link));

      expect(link.terminatedWith).toBeInstanceOf(WebSocketError);
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    });
  });

  describe('life', () => {
    it('is a pong within `timeout`, and its latency is emitted', () => {
      const { clock, link, log } = supervised();
      clock.advance(25);

      clock.advance(29);
      link.pong();
      clock.advance(70);

      expect(log).toEqual(['25 ping', '54 heartbeat 29']);
    });

    it('is no pong that ends the connection, before it is seen', () => {
      const { clock, link, log, source } = supervised();
      link.pongs.subscribe(() => source.next(close()));
      clock.advance(30);

      link.pong();

      expect(log).toEqual(['25 ping']);
      expect(clock.pending).toBe(0);
    });

    it('is any message within `timeout`, though only a pong is measured', () => {
      const { clock, link, log } = supervised();
      clock.advance(25);

      clock.advance(29);
      link.message('anything');
      clock.advance(70);

      expect(log).toEqual(['25 ping']);
      expect(link.delivered).toEqual(['anything']);
      clock.advance(1);
      expect(log).toEqual(['25 ping', '125 ping']);
    });

    it('is not what came before the ping', () => {
      const { clock, link, log } = supervised();

      clock.advance(24);
      link.message('anything');
      clock.advance(31);

      expect(log).toEqual(['25 ping', '55 terminate HeartbeatTimeoutError']);
    });

    it('is over where nothing came within `timeout` of a ping', () => {
      const { clock, link, log } = supervised();

      clock.advance(54);
      expect(log).toEqual(['25 ping']);
      clock.advance(1);

      expect(log).toEqual(['25 ping', '55 terminate HeartbeatTimeoutError']);
      expect(link.terminatedWith).toBeInstanceOf(HeartbeatTimeoutError);
      expect(link.terminatedWith).toMatchObject({ fatal: false, message: 'The peer gave no sign of life for 30 ms.' });
    });

    it.each(['frame', 'none'] as const)('may last longer than a timer can; ping: %s', (ping) => {
      vi.useFakeTimers();
      const link = new FakeLink(asyncScheduler);
      const watching = of(open(link))
        .pipe(concatWith(NEVER), heartbeat({ ping, timeout: 2 ** 31, random: () => 0 }))
        .subscribe();

      vi.advanceTimersByTime(60_000);
      watching.unsubscribe();

      expect(link.terminatedWith).toBeUndefined();
      vi.useRealTimers();
    });

    it('can be over after many good answers', () => {
      const { clock, link, log } = supervised();
      link.onSent = () => link.pong();
      clock.advance(1000);

      link.onSent = () => undefined;
      clock.advance(1000);

      expect(log.slice(-2)).toEqual(['1025 ping', '1055 terminate HeartbeatTimeoutError']);
    });

    it('is shown to a text ping by whatever arrives first, which is delivered', () => {
      const { clock, link, log } = supervised({ ping: () => 'ping' });
      clock.advance(25);

      clock.advance(4);
      link.message('some trade');
      link.message('another');

      expect(log).toEqual(['25 sent ping', '29 heartbeat 4']);
      expect(link.delivered).toEqual(['some trade', 'another']);
    });

    it('is measured by replies where `isReply` knows them, and they are not delivered', () => {
      const isReply = (data: string | Uint8Array) => data === 'pong';
      const { clock, link, log } = supervised({ ping: () => 'ping', isReply });
      clock.advance(25);

      link.message('some trade');
      clock.advance(7);
      link.message('pong');
      link.message('another');
      link.message('pong'); // to no ping

      expect(log).toEqual(['25 sent ping', '32 heartbeat 7']);
      expect(link.delivered).toEqual(['some trade', 'another']);
    });

    it('is shown by any message, though it be no reply', () => {
      const { clock, link, log } = supervised({ ping: () => 'ping', isReply: () => false });
      clock.advance(25);

      link.message('some trade');
      clock.advance(99);

      expect(log).toEqual(['25 sent ping']);
    });

    it('consumes replies before the first ping, between pings, and under a watchdog', () => {
      for (const ping of [() => 'ping', 'none'] as const) {
        const { clock, link } = supervised({ ping, isReply: (data) => data === 'pong' });

        link.message('pong');
        clock.advance(26);
        link.message('pong');
        clock.advance(10);
        link.message('pong');
        link.message('a');

        expect(link.delivered).toEqual(['a']);
      }
    });

    it('ends with what `isReply` throws', () => {
      const thrown = new Error('unreadable');
      const { clock, link } = supervised({
        ping: () => 'ping',
        isReply: () => {
          throw thrown;
        },
      });
      clock.advance(25);

      link.message('some trade');

      expect(link.terminatedWith).toBe(thrown);
      expect(clock.pending).toBe(0);
    });
  });

  describe('no verdict', () => {
    it.each([['frame'], ['none']] as const)('is given while the connection closes; ping: %s', (ping) => {
      const { clock, link, log } = supervised({ ping });

      clock.advance(26);
      link.writable = false;
      clock.advance(100_000);

      expect(log.filter((line) => line.includes('terminate'))).toEqual([]);
    });

    it.each([['frame'], ['none']] as const)('is given while the connection is paused; ping: %s', (ping) => {
      const { clock, link, log } = supervised({ ping });

      clock.advance(26);
      link.pause();
      clock.advance(100_000);

      expect(log.filter((line) => line.includes('terminate'))).toEqual([]);
    });

    it.each([['frame'], ['none']] as const)(
      'is given on a time in which it was paused and resumed; ping: %s',
      (ping) => {
        const { clock, link, log } = supervised({ ping });

        clock.advance(26);
        link.pause();
        clock.advance(1);
        link.resume();
        clock.advance(103); // the ping's timeout, or the watchdog's first round

        expect(log.filter((line) => line.includes('terminate'))).toEqual([]);
      },
    );

    it.each([['frame'], ['none']] as const)('is given on a time that began paused; ping: %s', (ping) => {
      const { clock, link, log } = supervised({ ping });

      link.pause();
      clock.advance(20);
      if (ping === 'frame') link.resume();
      clock.advance(10);
      link.resume();
      clock.advance(24);

      expect(log.filter((line) => line.includes('terminate'))).toEqual([]);
    });

    it('is given on a peer that was not pinged: none is while the connection is paused', () => {
      const { clock, link, log } = supervised();
      link.pause();

      clock.advance(1000);
      expect(log).toEqual([]);
      link.resume();
      clock.advance(25);

      expect(log).toEqual(['1025 ping']);
    });

    it.each([
      ['frame', '1055 terminate HeartbeatTimeoutError'],
      ['none', '1170 terminate HeartbeatTimeoutError'],
    ] as const)('is withheld once reading goes on and the peer is silent; ping: %s', (ping, expected) => {
      const { clock, link, log } = supervised({ ping });
      link.pause();
      clock.advance(1000);

      link.resume();
      clock.advance(1000);

      expect(log.at(-1)).toBe(expected);
    });

    /** What is sent, when the timer is set, and how long it runs. */
    const judged = [
      ['frame', 25, 30],
      ['none', 0, 130],
    ] as const;

    it.each(judged)(
      'is given by a timer more than a second late without one more second; ping: %s',
      (ping, start, window) => {
        const { clock, link } = supervised({ ping });
        clock.advance(start);

        clock.oversleep(1001);
        clock.advance(window + 999);
        expect(link.terminatedWith).toBeUndefined();
        clock.advance(1);

        expect(link.terminatedWith).toSatisfy(isHeartbeatTimeoutError);
      },
    );

    it.each(judged)('is put off by a timer just a second late; ping: %s', (ping, start, window) => {
      const { clock, link } = supervised({ ping });
      clock.advance(start);

      clock.oversleep(1000);
      clock.advance(window);

      expect(link.terminatedWith).toSatisfy(isHeartbeatTimeoutError);
    });

    it.each(judged)('follows where the second of grace brought a sign of life; ping: %s', (ping, start, window) => {
      const { clock, link } = supervised({ ping });
      clock.advance(start);

      clock.oversleep(60_000);
      clock.advance(window + 500);
      link.message('what had waited in the socket');
      clock.advance(500);

      expect(link.terminatedWith).toBeUndefined();
    });
  });

  describe('as a watchdog', () => {
    it('sends nothing and emits nothing', () => {
      const { clock, link, log } = supervised({ ping: 'none' });

      for (let n = 0; n < 50; n++) {
        clock.advance(20);
        link.message('some trade');
        link.pong();
      }

      expect(log).toEqual([]);
      expect(link.delivered).toHaveLength(50);
    });

    it('needs no ping frames', () => {
      const { clock, link } = supervised({ ping: 'none' }, { pingFrames: false });

      clock.advance(129);

      expect(link.terminatedWith).toBeUndefined();
    });

    it('declares dead after `interval + timeout` without a frame', () => {
      const { clock, link, log } = supervised({ ping: 'none' });

      clock.advance(129);
      expect(log).toEqual([]);
      clock.advance(1);

      expect(log).toEqual(['130 terminate HeartbeatTimeoutError']);
      expect(link.terminatedWith).toMatchObject({ message: 'The peer gave no sign of life for 130 ms.' });
    });

    it.each([['frame'], ['none']] as const)('holds no more after many rounds than after one; ping: %s', (ping) => {
      const clock = new CountingScheduler();
      const link = new FakeLink(clock);
      link.onSent = () => clock.schedule(() => link.message('some trade'), 1);
      const held: Subscription[] = [];
      const schedule = clock.schedule.bind(clock);
      clock.schedule = (work, delay, state) => {
        const action = schedule(work, delay, state as never);
        if (delay !== 1) held.push(action);
        return action;
      };
      of(open(link))
        .pipe(concatWith(NEVER), heartbeat({ interval: 100, timeout: 30, ping, scheduler: clock }))
        .subscribe();

      for (let n = 0; n < 1000; n++) {
        clock.advance(10);
        if (ping === 'none') link.message('some trade');
      }

      expect(link.terminatedWith).toBeUndefined();
      expect(held.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(2);
    });

    it('begins its rounds with each connection', () => {
      const { clock, link, log, source } = supervised({ ping: 'none' });
      clock.advance(100);
      source.next(close());
      clock.advance(100);

      source.next(open(link));
      clock.advance(129);
      expect(log).toEqual([]);
      clock.advance(1);

      expect(log).toEqual(['330 terminate HeartbeatTimeoutError']);
    });

    test.prop([fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 30 })])(
      'notices at the latest after twice that, and never before it',
      (gaps) => {
        const { clock, link } = supervised({ ping: 'none' });
        let lastFrame = 0;

        for (const gap of gaps) {
          clock.advance(gap);
          if (link.terminatedWith) break;
          link.message('some trade');
          lastFrame = clock.now();
        }
        clock.advance(1000);

        const dead = Number(link.log[0]!.split(' ')[0]);
        expect(dead - lastFrame).toBeGreaterThanOrEqual(130);
        expect(dead - lastFrame).toBeLessThanOrEqual(260);
      },
    );
  });

  describe('with a probe', () => {
    it('pings at once when it emits, and then an interval later', () => {
      const probe = new Subject<void>();
      const { clock, link, log } = supervised({ probe });
      link.onSent = () => link.pong();

      clock.advance(70);
      probe.next();
      clock.advance(150);

      expect(log).toEqual([25, 70, 170].flatMap((at) => [`${at} ping`, `${at} heartbeat 0`]));
    });

    it('pings once for any number of emissions at once, also before the first ping', () => {
      const probe = new Subject<void>();
      const { clock, link, log } = supervised({ probe });
      link.onSent = () => link.pong();

      clock.advance(10);
      probe.next();
      probe.next();
      clock.advance(100);

      expect(log).toEqual([10, 110].flatMap((at) => [`${at} ping`, `${at} heartbeat 0`]));
    });

    it('begins with a ping where it emits on subscription, and goes on when it has completed', () => {
      const { clock, link, log } = supervised({ probe: of('now') });
      link.onSent = () => link.pong();

      clock.advance(150);

      expect(log.filter((line) => line.endsWith('ping'))).toEqual(['0 ping', '100 ping']);
    });

    it('sends no second ping while one is unanswered, and gives its verdict by the first', () => {
      const probe = new Subject<void>();
      const { clock, log } = supervised({ probe });

      clock.advance(40); // the ping of 25 is unanswered
      probe.next();
      clock.advance(100);

      expect(log).toEqual(['25 ping', '55 terminate HeartbeatTimeoutError']);
    });

    it('finds a peer that died meanwhile, a timeout after it emits', () => {
      const probe = new Subject<void>();
      const { clock, link, log } = supervised({ probe });
      link.onSent = () => link.pong();
      clock.advance(30);
      link.onSent = () => undefined;

      clock.advance(10);
      probe.next();
      clock.advance(50);

      expect(log.slice(2)).toEqual(['40 ping', '70 terminate HeartbeatTimeoutError']);
    });

    it('sends nothing where it emits while paused', () => {
      const probe = new Subject<void>();
      const { clock, link, log } = supervised({ probe });

      link.pause();
      probe.next();
      clock.advance(20);

      expect(log).toEqual([]);
    });

    it('sends nothing where there is nothing to send', () => {
      const probe = new Subject<void>();
      const { clock, log } = supervised({ ping: 'none', probe });

      expect(probe.observed).toBe(false);
      clock.advance(20);

      expect(log).toEqual([]);
    });

    it('is listened to while the connection is open, and no longer', () => {
      const probe = new Subject<void>();
      const { source, subscription, clock } = supervised({ probe });
      const observed = [probe.observed];

      source.next(close());
      observed.push(probe.observed);
      source.next(open(new FakeLink(clock)));
      observed.push(probe.observed);
      subscription.unsubscribe();
      observed.push(probe.observed);

      expect(observed).toEqual([true, false, true, false]);
      expect(clock.pending).toBe(0);
    });

    it('ends the connection with its error', () => {
      const probe = new Subject<void>();
      const { link, log, clock } = supervised({ probe });

      probe.error(new TypeError('mine'));

      expect(log).toEqual(['0 terminate TypeError']);
      expect(link.terminatedWith?.message).toBe('mine');
      expect(clock.pending).toBe(0);
    });

    it('declares no peer dead for timers that a hidden page held up, and pings when it is seen again', () => {
      const page = new FakePage();
      const { clock, link, log } = supervised({ probe: visible(page) });
      clock.advance(26); // the ping of 25 is unanswered

      page.hide();
      clock.oversleep(60_000);
      clock.advance(30); // the verdict of 55 comes a minute late
      expect(log).toEqual(['25 ping']);
      link.onSent = () => link.pong();
      link.pong(); // was there all the time
      page.show();
      clock.advance(1);

      expect(log).toEqual(['25 ping', '60056 heartbeat 60031', '60056 ping', '60056 heartbeat 0']);
    });
  });

  describe('on a connection', () => {
    const options = { interval: 10, timeout: 4, random: () => 0.5 };

    it('measures a peer that answers, and keeps it', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold, at }) => {
        const server = scriptedServer(cold, ['o-a 24ms |', 'o']);
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, heartbeat(options));
        lines = record(feed.lifecycle, brief);
        at(6, () => expect(feed.stats.latency).toBe(0));
      });

      expect(lines).toEqual([
        '0 connecting 1',
        '0 open 1',
        '5 heartbeat 0',
        '15 heartbeat 0',
        '25 heartbeat 0',
        '27 close 1000 remote',
        '27 # ConnectionClosedError',
      ]);
    });

    it('ends one whose peer fell silent with 1006, local, and a HeartbeatTimeoutError', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold }) => {
        const server = scriptedServer(cold, ['o 6ms p 500ms p'], { p: pong() });
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, heartbeat(options));
        lines = record(feed.lifecycle, brief);
      });

      expect(lines).toEqual([
        '0 connecting 1',
        '0 open 1',
        '7 heartbeat 2',
        '19 close 1006 local unclean',
        '19 # HeartbeatTimeoutError',
      ]);
    });

    it('keeps one whose server only pings, under a watchdog, and ends it when the pings stop', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold }) => {
        const server = scriptedServer(cold, [`o${' 99ms p'.repeat(50)} 10s p`], { p: ping() });
        const watchdog = heartbeat({ ping: 'none', interval: 500, timeout: 100 });
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, watchdog);
        lines = record(feed.lifecycle, brief);
      });

      expect(lines).toEqual([
        '0 connecting 1',
        '0 open 1',
        '6000 close 1006 local unclean', // the last ping came at 5000, in the round of 4800 to 5400
        '6000 # HeartbeatTimeoutError',
      ]);
    });

    it('lets it be retried, and watches the next one afresh', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold, at }) => {
        const server = scriptedServer(cold, ['o 999ms p', 'o 6ms p|'], { p: pong() });
        const feed = observeWebSocket(
          { url: 'ws://test', transport: server.transport },
          heartbeat(options),
          stopOnFatalClose(),
          retryWithBackoff({ delays: [100] }),
        );
        lines = record(feed.lifecycle, brief);
        at(120, () => void feed.close());
      });

      expect(lines).toEqual([
        '0 connecting 1',
        '0 open 1',
        '9 close 1006 local unclean',
        '9 reconnecting 1 in 100 after HeartbeatTimeoutError',
        '109 connecting 2',
        '109 open 2',
        '116 heartbeat 2',
        '117 close 1000 remote',
        '117 # ConnectionClosedError',
      ]);
    });

    it('works behind the retries too, and pings no connection that a subscriber ends at its `open`', () => {
      let lines: string[] = [];
      const sent: unknown[] = [];
      inVirtualTime(({ cold, at }) => {
        const server = scriptedServer(cold, ['o']);
        server.sent.subscribe((value) => sent.push(value));
        const feed = observeWebSocket(
          { url: 'ws://test', transport: server.transport },
          retryWithBackoff({ delays: [100] }),
          heartbeat({ ...options, ping: () => 'ping' }),
        );
        lines = record(feed.lifecycle, brief);
        feed.lifecycle.pipe(ofType('open')).subscribe(({ link, attempt }) => {
          if (attempt === 1) link.terminate(new Error('not this one'));
        });
        at(103, () => void feed.close());
      });

      expect(lines.filter((line) => line.includes('dropped'))).toEqual([]);
      expect(sent).toEqual([]);
    });

    it('ends it for good, and as it opens, where there are no ping frames to send', () => {
      const transport = playedSockets({ answersClose: false });
      let lines: string[] = [];
      inVirtualTime(({ at }) => {
        lines = record(
          observeWebSocket({ url: 'ws://test', transport }, heartbeat(), retryWithBackoff()).lifecycle,
          brief,
        );
        at(7, () => transport.socket.open());
      });

      expect(lines).toEqual(['0 connecting 1', '7 open 1', '7 close 1006 local unclean', '7 # WebSocketError']);
      expect(transport.calls).toEqual(['terminate']);
    });

    it('sends the text ping as it is, and consumes the reply', () => {
      const sent: string[] = [];
      const messages: unknown[] = [];
      let lines: string[] = [];
      inVirtualTime(({ cold }) => {
        const server = scriptedServer(cold, ['o-a 4ms p b|'], { p: raw('pong!') });
        server.sent.subscribe((data) => sent.push(`${asyncScheduler.now()} ${String(data)}`));
        const feed = observeWebSocket(
          { url: 'ws://test', transport: server.transport },
          heartbeat({ ...options, ping: () => 'ping!', isReply: (data) => data === 'pong!' }),
        );
        feed.messages.subscribe({ next: (message) => messages.push(message), error: () => undefined });
        lines = record(feed.lifecycle.pipe(ofType('heartbeat', 'rejected')), brief);
      });

      expect(sent).toEqual(['5 ping!']);
      expect(messages).toEqual(['a', 'b']);
      expect(lines).toEqual(['7 heartbeat 2', '9 # ConnectionClosedError']);
    });

    it('ends it with what `isReply` throws', () => {
      const thrown = new TypeError('unreadable');
      inVirtualTime(({ cold, expectObservable }) => {
        const server = scriptedServer(cold, ['o--a']);
        const isReply = () => {
          throw thrown;
        };
        const feed = observeWebSocket(
          { url: 'ws://test', transport: server.transport },
          heartbeat({ ...options, isReply }),
        );

        expectObservable(feed.messages).toBe('---#', undefined, thrown);
      });
    });

    it('gives no verdict while it is paused: what the peer sent is yet to be read', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold, at }) => {
        const server = scriptedServer(cold, ['o']);
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, heartbeat(options));
        lines = record(feed.lifecycle, brief);
        let resume = () => {};
        at(4, () => (resume = feed.pause()));
        at(1000, () => resume());
        at(1006, () => void feed.close());
      });

      expect(lines).toEqual(['0 connecting 1', '0 open 1', '1005 heartbeat 0', '1006 close 1000 local', '1006 |']);
    });

    it('gives no verdict on a time in which it was paused and resumed', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold, at }) => {
        const server = scriptedServer(cold, ['o 999ms p'], { p: pong() });
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, heartbeat(options));
        lines = record(feed.lifecycle, brief);
        let resume = () => {};
        at(6, () => (resume = feed.pause())); // the ping of 5 is unanswered
        at(7, () => resume());
      });

      expect(lines.slice(2)).toEqual(['19 close 1006 local unclean', '19 # HeartbeatTimeoutError']);
    });

    it('gives no verdict and sends no ping while it closes', () => {
      let lines: string[] = [];
      const sent: unknown[] = [];
      inVirtualTime(({ cold, at }) => {
        const server = scriptedServer(cold, ['o']);
        server.sent.subscribe((value) => sent.push(value));
        const feed = observeWebSocket(
          { url: 'ws://test', transport: neverAnswersClose(server.transport), closeTimeout: 100 },
          heartbeat({ ...options, ping: () => 'ping' }),
        );
        lines = record(feed.lifecycle, brief);
        at(1, () => void feed.close());
      });

      expect(lines).toEqual(['0 connecting 1', '0 open 1', '101 close 1006 local unclean', '101 |']);
      expect(sent).toEqual([]);
    });

    it('does not overrule a close that began before the verdict', () => {
      let lines: string[] = [];
      inVirtualTime(({ cold, at }) => {
        const server = scriptedServer(cold, ['o 999ms p'], { p: pong() });
        const feed = observeWebSocket(
          { url: 'ws://test', transport: neverAnswersClose(server.transport), closeTimeout: 100 },
          heartbeat(options),
        );
        lines = record(feed.lifecycle, brief);
        at(6, () => void feed.close()); // the ping of 5 is unanswered
      });

      expect(lines).toEqual(['0 connecting 1', '0 open 1', '106 close 1006 local unclean', '106 |']);
    });
  });

  /** A peer that does not answer a Close frame. */
  function neverAnswersClose(transport: Transport): Transport {
    return {
      ...transport,
      open: (request, sink): TransportSocket => {
        const socket = transport.open(request, sink);
        let closing = false;
        return {
          get readyState() {
            return closing ? 2 : socket.readyState;
          },
          bufferedAmount: 0,
          send: (data) => socket.send(data),
          ping: (payload) => socket.ping!(payload),
          pause: () => socket.pause!(),
          resume: () => socket.resume!(),
          close: () => (closing = true),
          terminate: () => socket.terminate(),
        };
      },
    };
  }

  it.each([
    [{ interval: 0 }, RangeError, 'Expected `interval` to be a number of 1 or more, got 0.'],
    [{ interval: '20' }, TypeError, 'Expected `interval` to be a number of 1 or more, got "20".'],
    [{ timeout: -1 }, RangeError, 'Expected `timeout` to be a number of 1 or more, got -1.'],
    [{ timeout: NaN }, RangeError, 'Expected `timeout` to be a number of 1 or more, got NaN.'],
    [{ ping: 'text' }, RangeError, 'Expected `ping` to be one of frame, none, got "text".'],
    [{ ping: 5 }, TypeError, 'Expected `ping` to be one of frame, none, got 5.'],
    [{ isReply: 'pong' }, TypeError, 'Expected `isReply` to be a function, got "pong".'],
    [{ probe: 5 }, TypeError, 'Expected `probe` to be an Observable, got 5.'],
    [{ scheduler: {} }, TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
    [{ random: 1 }, TypeError, 'Expected `random` to be a function, got 1.'],
  ])('refuses %j when it is made', (options, kind, message) => {
    const make = () => heartbeat(options as HeartbeatOptions);

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
