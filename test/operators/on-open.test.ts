import {
  asyncScheduler,
  config,
  EMPTY,
  finalize,
  first,
  NEVER,
  Observable,
  of,
  repeat,
  Subject,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import type { ObservableInput } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { heartbeat, onOpen, refreshOnUnauthorized, retryWithBackoff } from '../../operators/index.js';
import { WebSocketError } from '../../src/protocol/errors.js';
import { observeWebSocket } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import type { Link } from '../../src/protocol/link.js';
import type { Supervision } from '../../src/connection/web-socket-connection.js';
import { closeWith, raw, scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { FakeLink } from './fake-link.js';
import { close, connecting, heartbeatEvent, open } from './lifecycle-events.js';
import { addsNothingToQuietSources } from './quiet-sources.js';

const c = connecting();
const o = open();
const h = heartbeatEvent(1);
const x = close();
const setUpOf = (result: ObservableInput<unknown>) => onOpen(() => result);

/** A connection on a scripted server, and all that can be seen of it. */
function connect(cold: VirtualTime['cold'], scripts: readonly string[], ...supervision: Supervision[]) {
  const values = { r: raw('{oops'), n: closeWith(4401), a: 'a', b: 'b', w: 'welcome' };
  const server = scriptedServer(cold, scripts, values);
  const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport }, ...supervision);
  const sent = record(server.sent);
  const closes = record(server.closes);
  const states: string[] = [];
  feed.state.subscribe(({ status }) => states.push(status));
  const leave = new Subject<void>();
  const lifecycle = record(feed.lifecycle, brief, leave);
  const messages = record(feed.messages, undefined, leave);
  const ends: unknown[] = [];
  feed.lifecycle.pipe(takeUntil(leave)).subscribe({ error: (error: unknown) => ends.push(error) });
  return { feed, sent, closes, states, lifecycle, messages, ends, leave };
}

describe('onOpen', () => {
  describe('as an operator', () => {
    it('holds `open` back until the set-up completes, and nothing else', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  c-o--h-------|', { c, o, h });
        const setUp = cold('     -a-b--|      ');
        const sub = '          ^------------!';
        const setUpSub = '     --^-----!     ';
        const expected = '     c----h--o----|';

        expectObservable(source.pipe(setUpOf(setUp))).toBe(expected, { c, o, h });
        expectSubscriptions(source.subscriptions).toBe(sub);
        expectSubscriptions(setUp.subscriptions).toBe(setUpSub);
      });
    });

    it.each<[string, () => ObservableInput<unknown> | undefined]>([
      ['returns nothing', () => undefined],
      ['returns what is empty', () => EMPTY],
      ['returns values in one go', () => [1, 2]],
    ])('holds nothing back where the set-up %s', (_what, setUp) => {
      const types: string[] = [];

      of(c, o, h, x)
        .pipe(onOpen(setUp))
        .subscribe({ next: ({ type }) => types.push(type), complete: () => types.push('|') });

      expect(types).toEqual(['connecting', 'open', 'heartbeat', 'close', '|']);
    });

    it('waits for a promise', async () => {
      const types: string[] = [];
      let welcome!: () => void;
      const welcomed = new Promise<void>((resolve) => (welcome = resolve));
      of(c, o)
        .pipe(setUpOf(welcomed))
        .subscribe(({ type }) => types.push(type));
      expect(types).toEqual(['connecting']);

      welcome();

      await vi.waitFor(() => expect(types).toEqual(['connecting', 'open']));
    });

    it('sets every connection up', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  co---x-co---x|', { c, o, x });
        const setUp = cold('    --|          ');
        const expected = '     c--o-x-c--o-x|';

        expectObservable(source.pipe(setUpOf(setUp))).toBe(expected, { c, o, x });
        expectSubscriptions(setUp.subscriptions).toBe(['-^-!', '--------^-!']);
      });
    });

    addsNothingToQuietSources(() => setUpOf(NEVER));

    it('completes when the set-up has, where the source completes before', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  c-o-|    ', { c, o });
        const setUp = cold('     -----|');
        const expected = '     c------(o|)';

        expectObservable(source.pipe(setUpOf(setUp))).toBe(expected, { c, o });
        expectSubscriptions(setUp.subscriptions).toBe('--^----!');
      });
    });

    it('passes an error of the source at once, and unsubscribes the set-up', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  c-o--#   ', { c, o }, 'failure');
        const setUp = cold('     -----|');
        const expected = '     c----#   ';

        expectObservable(source.pipe(setUpOf(setUp))).toBe(expected, { c }, 'failure');
        expectSubscriptions(source.subscriptions).toBe('^----!');
        expectSubscriptions(setUp.subscriptions).toBe('--^--!');
      });
    });

    it('unsubscribes the set-up at a `close`, and no `open` follows', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  c-o--xc-o--h--|', { c, o, x, h });
        const setUp = cold('     -----|       ');
        const expected = '     c----xc----h-o|';

        expectObservable(source.pipe(setUpOf(setUp))).toBe(expected, { c, o, x, h });
        expectSubscriptions(setUp.subscriptions).toBe(['--^--!', '--------^----!']);
      });
    });

    it('unsubscribes the set-up before the `close` passes', () => {
      const log: string[] = [];
      const source = new Subject<LifecycleEvent>();
      const setUp = new Observable<never>(() => () => log.push('unsubscribed'));
      source.pipe(setUpOf(setUp)).subscribe(({ type }) => log.push(type));

      for (const event of [c, o, x]) source.next(event);

      expect(log).toEqual(['connecting', 'unsubscribed', 'close']);
    });

    it('sets a second connection up beside the first one, which a `close` ends only where it is not writable', () => {
      const links = [1, 2].map(() => new FakeLink(asyncScheduler));
      const opens = links.map(open);
      const setUps = links.map(() => new Subject<never>());
      const source = new Subject<LifecycleEvent>();
      const events: LifecycleEvent[] = [];
      source
        .pipe(onOpen((link) => setUps[links.findIndex((other) => other === link)]!))
        .subscribe((event) => events.push(event));

      for (const event of opens) source.next(event);
      expect(setUps.map(({ observed }) => observed)).toEqual([true, true]);
      links[0]!.writable = false;
      source.next(x);
      expect(setUps.map(({ observed }) => observed)).toEqual([false, true]);
      setUps[1]!.complete();

      expect(events).toEqual([x, opens[1]]);
    });

    it('holds each `open` back for its own set-up', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const second = open(new FakeLink(asyncScheduler));
        const source = cold('  o-s------', { o, s: second });
        const slow = cold('    -----|');
        const fast = cold('      --|');
        const expected = '     ----so---';

        const result = source.pipe(onOpen((link) => (link === second.link ? fast : slow)));

        expectObservable(result).toBe(expected, { o, s: second });
      });
    });

    it('does not set up what closes when its `open` comes', () => {
      const setUp = vi.fn();
      const link = Object.assign(new FakeLink(asyncScheduler), { writable: false });

      const events: unknown[] = [];
      of(c, open(link), x)
        .pipe(onOpen(setUp))
        .subscribe((event) => events.push(event));

      expect(setUp).not.toHaveBeenCalled();
      expect(events).toEqual([c, x]);
    });

    it('lets any number of events pass while it waits, and keeps none', () => {
      const source = new Subject<LifecycleEvent>();
      let passed = 0;
      source.pipe(setUpOf(NEVER)).subscribe(() => passed++);

      source.next(o);
      for (let n = 0; n < 1000; n++) source.next(h);

      expect(passed).toBe(1000);
    });

    it('passes an error of the source on', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('c-o-#', { c, o }, 'failure');

        expectObservable(source.pipe(setUpOf(EMPTY))).toBe('c-o-#', { c, o }, 'failure');
        expectSubscriptions(source.subscriptions).toBe('^---!');
      });
    });

    it('ends the set-up when it is unsubscribed', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  c-o------', { c, o });
        const setUp = cold('     --------');
        const unsub = '        ^----!   ';

        expectObservable(source.pipe(setUpOf(setUp)), unsub).toBe('c-----', { c });
        expectSubscriptions(source.subscriptions).toBe('^----!');
        expectSubscriptions(setUp.subscriptions).toBe('--^--!');
      });
    });

    it('keeps two subscribers apart', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const setUp = cold('                      ---|');
        const result = cold('co-|', { c, o }).pipe(setUpOf(setUp));

        expectObservable(result, '^').toBe(' c---(o|)', { c, o });
        expectObservable(result, '--^').toBe('--c---(o|)', { c, o });
        expectSubscriptions(setUp.subscriptions).toBe(['-^--!', '---^--!']);
      });
    });

    it.each(['is unsubscribed', 'ends its connection'])(
      'stops a set-up at once that %s while it is being subscribed',
      (how) => {
        const messages = new Subject<never>();
        const link = Object.assign(new FakeLink(asyncScheduler), { messages });
        const opens = new Subject<LifecycleEvent>();
        let turns = 0;
        const setUp = of(1).pipe(
          tap(() => {
            if (++turns === 3 && how === 'is unsubscribed') subscription.unsubscribe();
            else if (turns === 3) messages.complete();
            if (turns > 100) throw new Error('goes on');
          }),
          repeat(),
        );
        const subscription = opens.pipe(setUpOf(setUp)).subscribe();

        opens.next(open(link));

        expect(turns).toBe(3);
      },
    );

    it('terminates no connection where a set-up throws that has unsubscribed from it', () => {
      const link = new FakeLink(asyncScheduler);
      const opens = new Subject<LifecycleEvent>();
      const leaving = onOpen(() => {
        subscription.unsubscribe();
        throw new Error('too late');
      });
      const subscription = opens.pipe(leaving).subscribe();

      opens.next(open(link));

      expect(link.log).toEqual([]);
    });

    it('does not set up what has ended before its `open` passed', () => {
      const setUp = vi.fn();
      const link = Object.assign(new FakeLink(asyncScheduler), { messages: EMPTY });
      const seen: unknown[] = [];

      of(c, open(link), x)
        .pipe(onOpen(setUp))
        .subscribe((event) => seen.push(event));

      expect(setUp).not.toHaveBeenCalled();
      expect(seen).toEqual([c, x]);
    });

    it('waits for the end of the connection no longer than the set-up takes', () => {
      const setUp = new Subject<never>();
      const messages = new Subject<never>();
      const link = Object.assign(new FakeLink(asyncScheduler), { messages });
      of(c, open(link)).pipe(setUpOf(setUp)).subscribe();
      expect(messages.observed).toBe(true);

      setUp.complete();

      expect(messages.observed).toBe(false);
    });

    it.each([[undefined], [null], [{}], [EMPTY]])('refuses %o when it is made', (setUp) => {
      expect(() => onOpen(setUp as never)).toThrow(TypeError);
      expect(() => onOpen(setUp as never)).toThrow('Expected `setUp` to be a function, got ');
    });
  });

  describe('on a connection', () => {
    it('goes ahead of the outbox, which waits for its end', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const logIn = onOpen<string>((link) => {
          link.send('hello');
          return link.messages.pipe(first((message) => message === 'welcome'));
        });
        const { feed, sent, lifecycle, states } = connect(cold, ['-o----w'], logIn);
        feed.messages.next(1);
        at(3, () => feed.messages.next(2));

        flush();

        expect(sent).toEqual(['1 "hello"', '6 1', '6 2']);
        expect(lifecycle).toEqual(['0 connecting 1', '6 open 1']);
        expect(states).toEqual(['idle', 'connecting', 'open']);
      });
    });

    it('lets what arrives meanwhile reach the set-up and the messages alike', () => {
      inVirtualTime(({ cold, flush }) => {
        const seen: unknown[] = [];
        const listen = onOpen((link) =>
          link.messages.pipe(
            tap((message) => seen.push(message)),
            first((message) => message === 'welcome'),
          ),
        );
        const { messages, lifecycle } = connect(cold, ['o-a-w-b'], listen);

        flush();

        expect(seen).toEqual(['a', 'welcome']);
        expect(messages).toEqual(['2 "a"', '4 "welcome"', '6 "b"']);
        expect(lifecycle).toEqual(['0 connecting 1', '4 open 1']);
      });
    });

    it('sets up in the order of the supervision, one after the other', () => {
      inVirtualTime(({ cold, flush }) => {
        const step = (name: string) =>
          onOpen((link) => {
            link.send(name);
            return timer(3);
          });
        const { feed, sent, lifecycle } = connect(cold, ['o'], step('first'), step('second'));
        feed.messages.next('queued');

        flush();

        expect(sent).toEqual(['0 "first"', '3 "second"', '6 "queued"']);
        expect(lifecycle).toEqual(['0 connecting 1', '6 open 1']);
      });
    });

    it('sets up again after every break, and the outbox waits each time', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const logIn = onOpen((link) => {
          link.send('hello');
          return timer(2);
        });
        const scripts = ['o---#', 'o-#', 'o'];
        const { feed, sent } = connect(cold, scripts, logIn, retryWithBackoff({ delays: [1, 1] }));
        at(3, () => feed.messages.next('sent at once'));
        at(6, () => feed.messages.next('waits'));

        flush();

        expect(sent).toEqual(['0 "hello"', '3 "sent at once"', '5 "hello"', '8 "hello"', '10 "waits"']);
      });
    });

    it.each<[string, () => ObservableInput<unknown>]>([
      [
        'throws',
        () => {
          throw new TypeError('mine');
        },
      ],
      ['errors', () => throwError(() => new TypeError('mine'))],
      ['returns what is no stream', () => 5 as never],
    ])('closes with 4000 and errors with a SetupError where the set-up %s', (_how, setUp) => {
      inVirtualTime(({ cold, flush }) => {
        const { feed, sent, closes, lifecycle, messages, ends, states } = connect(cold, ['--o'], onOpen(setUp));
        feed.messages.next('waits');

        flush();

        expect(closes).toEqual(['2 {"code":4000,"reason":""}']);
        expect(lifecycle).toEqual(['0 connecting 1', '2 close 4000 local unclean', '2 # SetupError']);
        expect(messages).toEqual(['2 # SetupError']);
        expect(ends[0]).toMatchObject({ fatal: false, cause: { name: 'TypeError' } });
        expect(String(ends[0])).toMatch(/^SetupError: The set-up of the connection failed: (mine|You provided '5')/);
        expect(states).toEqual(['idle', 'connecting', 'closed', 'failed']);
        expect(sent).toEqual([]);
        expect(feed.stats.queued).toBe(1);
      });
    });

    it('closes with 4000 where the set-up rejects', async () => {
      const transport = playedSockets();
      const refusal = new Error('no such account');
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        onOpen(() => Promise.reject(refusal)),
      );
      const ended = new Promise((resolve) => feed.lifecycle.subscribe({ error: resolve }));
      transport.socket.open();

      expect(await ended).toMatchObject({ name: 'SetupError', cause: refusal });
      expect(transport.calls).toEqual(['close 4000']);
    });

    it('fails its attempt alone: the next one is set up and gets what waited', () => {
      inVirtualTime(({ cold, flush }) => {
        const setUps = [() => throwError(() => new Error('not yet')), () => timer(3)];
        const next = onOpen(() => setUps.shift()!());
        const { feed, sent, lifecycle } = connect(cold, ['o'], next, retryWithBackoff({ delays: [5] }));
        feed.messages.next('waits');

        flush();

        expect(lifecycle).toEqual([
          '0 connecting 1',
          '0 close 4000 local unclean',
          '0 reconnecting 1 in 5 after SetupError',
          '5 connecting 2',
          '8 open 2',
        ]);
        expect(sent).toEqual(['8 "waits"']);
      });
    });

    it('is as fatal as its cause, and keeps what the cause asks to wait', () => {
      inVirtualTime(({ cold, flush }) => {
        const causes = [new WebSocketError('busy', { retryAfter: 70 }), new WebSocketError('banned', { fatal: true })];
        const fail = onOpen(() => throwError(() => causes.shift()));
        const { lifecycle, ends } = connect(cold, ['o'], fail, retryWithBackoff({ delays: [5, 5, 5] }));

        flush();

        expect(lifecycle[2]).toBe('0 reconnecting 1 in 70 after SetupError');
        expect(lifecycle.at(-1)).toBe('70 # SetupError');
        expect(ends[0]).toMatchObject({ fatal: true, cause: { message: 'banned' } });
      });
    });

    it.each([
      ['an Error', Object.assign(new Error('refused'), { status: 401 })],
      ['any object', { status: 401 }],
    ])(
      'has %s that was thrown for its cause, whose status says that credentials are to be refreshed',
      (_what, cause) => {
        inVirtualTime(({ cold, flush }) => {
          const setUps = [() => throwError(() => cause), () => EMPTY];
          const refresh = vi.fn(() => EMPTY);
          const next = onOpen(() => setUps.shift()!());
          const seen: unknown[] = [];
          const { lifecycle } = connect(
            cold,
            ['o'],
            next,
            tap({ error: (error: unknown) => seen.push(error) }),
            refreshOnUnauthorized(refresh),
          );

          flush();

          expect(lifecycle).toEqual(['0 connecting 1', '0 close 4000 local unclean', '0 connecting 2', '0 open 2']);
          expect(refresh).toHaveBeenCalledOnce();
          expect((seen[0] as Error).cause).toBe(cause);
        });
      },
    );

    it.each(['no', undefined, 5])('has an Error for its cause where %s was thrown', (thrown) => {
      inVirtualTime(({ cold, flush }) => {
        const { ends } = connect(cold, ['o'], setUpOf(throwError(() => thrown)));

        flush();

        expect((ends[0] as Error).cause).toBeInstanceOf(Error);
        expect(String(ends[0])).toContain(`Not an Error was thrown: ${thrown}`);
      });
    });

    it.each([
      ['breaks', '-o--#', '4 close 1006 remote unclean'],
      ['is closed by the server', '-o--n', '4 close 4401 remote'],
    ])(
      'was never open where the connection %s during the set-up, and ends with what ended it',
      (_how, script, closed) => {
        inVirtualTime(({ cold, flush }) => {
          const unsubscribed = vi.fn();
          const wait = onOpen((link) => new Observable(() => unsubscribed).pipe(takeUntil(link.messages)));
          const { lifecycle, closes } = connect(cold, [script], wait);

          flush();

          expect(lifecycle).toEqual(['0 connecting 1', closed, '4 # ConnectionClosedError']);
          expect(unsubscribed).toHaveBeenCalledOnce();
          expect(closes).toEqual([]);
        });
      },
    );

    it('lets what happens meanwhile pass at once, also where there is no `open` to follow', () => {
      inVirtualTime(({ cold, flush }) => {
        const beat = heartbeat({ interval: 4, timeout: 2, random: () => 0.5 });
        const { lifecycle } = connect(cold, ['o--r-#'], beat, setUpOf(NEVER));

        flush();

        expect(lifecycle).toEqual([
          '0 connecting 1',
          '2 heartbeat 0',
          '3 rejected {oops',
          '5 close 1006 remote unclean',
          '5 # ConnectionClosedError',
        ]);
      });
    });

    it('lets what happens meanwhile pass at once, where the set-up fails late', () => {
      inVirtualTime(({ cold, flush }) => {
        const fail = setUpOf(cold('----#'));
        const { lifecycle } = connect(cold, ['o-r'], fail);

        flush();

        expect(lifecycle).toEqual([
          '0 connecting 1',
          '2 rejected {oops',
          '4 close 4000 local unclean',
          '4 # SetupError',
        ]);
      });
    });

    it.each([
      ['before', [2, 6, 10], ['0 connecting 1', '3 heartbeat 1', '7 heartbeat 1', '7 open 1']],
      ['after', [9], ['0 connecting 1', '7 open 1', '10 heartbeat 1']],
    ])('with a heartbeat %s it, pings from the handshake or from the set-up on', (where, pings, expected) => {
      inVirtualTime(({ cold, at, flush }) => {
        const pinged: number[] = [];
        const ping = () => (pinged.push(asyncScheduler.now()), 'ping');
        const beat = heartbeat({ interval: 4, timeout: 2, random: () => 0.5, ping, isReply: () => true });
        const wait = setUpOf(timer(7));
        const supervision = where === 'before' ? [beat, wait] : [wait, beat];
        const { lifecycle, leave } = connect(cold, ['o--a---a--a'], ...supervision);
        at(11, () => leave.next());

        flush();

        expect(pinged).toEqual(pings);
        expect(lifecycle).toEqual(expected);
      });
    });

    it('ends as asked where it is closed during the set-up', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const unsubscribed = vi.fn();
        const wait = setUpOf(new Observable(() => unsubscribed));
        const { feed, lifecycle, messages, sent, states } = connect(cold, ['o'], wait, retryWithBackoff());
        feed.messages.next('waits');
        at(3, () => void feed.close(4100, 'done'));

        flush();

        expect(lifecycle).toEqual(['0 connecting 1', '3 dropped 1 closed', '3 close 4100 done local', '3 |']);
        expect(messages).toEqual(['3 |']);
        expect(states).toEqual(['idle', 'connecting', 'closing', 'closed']);
        expect(sent).toEqual([]);
        expect(unsubscribed).toHaveBeenCalledOnce();
      });
    });

    it.each<[string, (setUp: Subject<never>) => void]>([
      ['completes', (setUp) => setUp.complete()],
      ['fails', (setUp) => setUp.error(new Error('too late'))],
    ])('does not count as open where the set-up %s while the connection closes', (_how, end) => {
      const setUp = new Subject<never>();
      const transport = playedSockets({ answersClose: false });
      const clock = new CountingScheduler();
      const feed = observeWebSocket({ url: 'ws://test', transport, scheduler: clock }, setUpOf(setUp));
      const log: string[] = [];
      feed.lifecycle.subscribe({ next: (event) => log.push(brief(event)), complete: () => log.push('|') });
      transport.socket.open();
      void feed.close();

      end(setUp);
      expect(feed.state.value.status).toBe('closing');
      transport.socket.closed(1000);

      expect(log).toEqual(['connecting 1', 'close 1000 local', '|']);
      expect(transport.calls).toEqual(['close 1000']);
      expect(clock.pending).toBe(0);
    });

    it('closes with 1000 and ends the set-up when the last subscriber unsubscribes', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const unsubscribed = vi.fn();
        const { closes, leave, states } = connect(cold, ['o'], setUpOf(new Observable(() => unsubscribed)));
        at(3, () => leave.next());

        flush();

        expect(closes).toEqual(['3 {"code":1000,"reason":""}']);
        expect(states).toEqual(['idle', 'connecting', 'idle']);
        expect(unsubscribed).toHaveBeenCalledOnce();
      });
    });

    it.each<[string, (link: Link) => void, readonly string[]]>([
      ['closes', (link) => link.close(4100), ['0 close 4100 local', '0 |']],
      ['terminates', (link) => link.terminate(new RangeError()), ['0 close 1006 local unclean', '0 # RangeError']],
    ])('ends as a set-up says that %s its connection', (_how, end, expected) => {
      inVirtualTime(({ cold, flush }) => {
        const setUp = onOpen((link) => {
          end(link);
          throw new Error('of no interest any more');
        });
        const { lifecycle } = connect(cold, ['o'], setUp);

        flush();

        expect(lifecycle).toEqual(['0 connecting 1', ...expected]);
      });
    });

    it.each([
      ['completes', '-|', ['0 connecting 1', '2 open 1', '3 close 1001 remote', '3 # ConnectionClosedError']],
      ['fails', '-#', ['0 connecting 1', '2 close 4000 local unclean', '2 # SetupError']],
      ['outlives its connection', '-', ['0 connecting 1', '3 close 1001 remote', '3 # ConnectionClosedError']],
    ])('goes on where the teardown of a set-up throws that %s', (_, marbles, expected) => {
      inVirtualTime(({ cold, flush }) => {
        const reported = vi.fn();
        config.onUnhandledError = reported;
        const server = scriptedServer(cold, ['-o-x'], { x: closeWith(1001) });
        const setUp = cold(marbles).pipe(
          finalize(() => {
            throw new Error('mine');
          }),
        );
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, setUpOf(setUp));
        const log = record(feed.lifecycle, brief);

        flush();

        config.onUnhandledError = null;
        expect(log).toEqual(expected);
        expect(reported).toHaveBeenCalledOnce();
      });
    });

    it('can be unsubscribed from within the set-up', () => {
      inVirtualTime(({ cold, flush }) => {
        const unsubscribed = vi.fn();
        const setUp = onOpen(() => {
          result.leave.next();
          return new Observable(() => unsubscribed);
        });
        const result = connect(cold, ['-o'], setUp);

        flush();

        expect(result.lifecycle).toEqual(['0 connecting 1']);
        expect(result.closes).toEqual(['1 {"code":1000,"reason":""}']);
        expect(unsubscribed).toHaveBeenCalledOnce();
      });
    });
  });
});
