import {
  config as rxjs,
  delay,
  filter,
  merge,
  NEVER,
  of,
  repeat,
  retry,
  startWith,
  Subscription,
  switchMap,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  atMost,
  completeOnClose,
  heartbeat,
  multiplex,
  observeWebSocket,
  ofType,
  onOpen,
  requestResponse,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import type {
  AttemptContext,
  LifecycleEvent,
  Supervision,
  WebSocketConfig,
  WebSocketConnection,
} from '../../src/index.node.js';
import { laterTask } from '../helpers/later-task.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';

type Feed = WebSocketConnection<unknown, unknown>;

const planned = { code: 4000, reason: 'planned', overlap: 10 };
const retrying = (delay = 3) => retryWithBackoff({ delays: Array<number>(9).fill(delay) });

/** A connection whose first socket is open, and what it emits from then on: messages among events. */
function openFeed(supervision: Supervision[] = [], config: Partial<WebSocketConfig<unknown, unknown>> = {}) {
  const transport = playedSockets();
  const feed: Feed = observeWebSocket<unknown, unknown>({ url: 'ws://test', transport, ...config }, ...supervision);
  const log = record(feed.lifecycle, brief);
  const messages = feed.messages.subscribe({
    next: (message) => log.push(JSON.stringify(message)),
    error: () => undefined,
  });
  transport.socket.open();
  log.length = 0;
  const [old] = transport.sockets;
  return { feed, transport, log, messages, old: old!, next: () => transport.sockets[1]! };
}

/** The same in virtual time, from 5 ms on with a handover that is being made. */
function duringHandover(
  test: (scene: ReturnType<typeof openFeed> & VirtualTime) => void,
  ...[supervision, config]: Parameters<typeof openFeed>
): void {
  inVirtualTime((time) => {
    const scene = openFeed(supervision, config);
    time.at(5, () => scene.feed.reconnect(planned));
    test({ ...scene, ...time });
    time.at(500, () => void scene.feed.close());
    time.flush();

    expect(scene.transport.sockets.filter(({ isAlive }) => isAlive)).toEqual([]);
  });
}

describe('reconnect({ overlap })', () => {
  it('emits nothing until the new connection is open, then its place is taken in one turn', () => {
    duringHandover(({ at, old, next, log }) => {
      at(6, () => old.say('old'));
      at(7, () => expect(log).toEqual(['"old"']));
      at(8, () => {
        next().open();
        expect(log.slice(1)).toEqual(['8 close 4000 planned local unclean', '8 connecting 2', '8 open 2']);
      });
    });
  });

  it('goes on delivering what the old one receives, and has what the new one receives wait for its end', () => {
    duringHandover(({ at, old, next, log }) => {
      at(8, () => next().open());
      at(9, () => next().say('new 1'));
      at(10, () => old.say('old 1'));
      at(17, () => {
        next().say('new 2');
        old.say('old 2');
        expect(log.slice(3)).toEqual(['"old 1"', '"old 2"']);
        expect(old.calls).toEqual([]);
      });
      at(19, () => {
        expect(log.slice(3)).toEqual(['"old 1"', '"old 2"', '"new 1"', '"new 2"']);
        expect(old.calls).toEqual(['close 4000 planned']);
        next().say('new 3');
        expect(log.at(-1)).toBe('"new 3"');
      });
    });
  });

  it('sends on the old one until the new one counts as open, and on the new one from then on', () => {
    duringHandover(
      ({ at, old, next, feed }) => {
        at(6, () => feed.messages.next('a'));
        at(8, () => next().open());
        at(9, () => feed.messages.next('b')); // the set-up takes 4 ms
        at(13, () => feed.messages.next('c'));
        at(14, () => {
          expect(old.calls).toEqual(['send "a"', 'send "b"']);
          expect(next().calls).toEqual(['send "c"']);
        });
      },
      [onOpen((link) => (link.received < 0 ? NEVER : timer(4)))],
    );
  });

  it('sends what waits for its turn under a pace on the new one, though the old one may send again first', () => {
    duringHandover(
      ({ at, old, next, feed }) => {
        at(4, () => [1, 2, 3].forEach((n) => feed.messages.next(n)));
        at(8, () => next().open());
        at(60, () => {
          expect(old.calls).toEqual(['send 1', 'close 4000 planned']);
          expect(next().calls).toEqual(['send 2', 'send 3']);
        });
      },
      [],
      { pace: atMost(1, 10) },
    );
  });

  it('has listeners of its `open` send on the new one', () => {
    duringHandover(({ at, next, feed }) => {
      feed.lifecycle.pipe(ofType('open')).subscribe(() => feed.messages.next('hello'));
      at(8, () => {
        next().open();
        expect(next().calls).toEqual(['send "hello"']);
      });
    });
  });

  it('counts the overlap from when what the opening caused to be sent has gone out', () => {
    duringHandover(
      ({ at, next, old, feed }) => {
        feed.lifecycle
          .pipe(ofType('open'))
          .subscribe(({ attempt }) => attempt === 2 && [1, 2, 3].forEach((n) => feed.messages.next(n)));
        at(8, () => next().open());
        at(8 + 2 * 22 + 10, () => expect(old.calls).toEqual([]));
        at(8 + 2 * 22 + 11, () => {
          expect(next().calls).toEqual(['send 1', 'send 2', 'send 3']);
          expect(old.calls).toEqual(['close 4000 planned']);
        });
      },
      [],
      { pace: atMost(1, 20) },
    );
  });

  it.each([
    ['wait', {}, 8 + 2 * 22 + 10],
    ['wait, and take the place of those', { capacity: 2 }, 8 + 22 + 10],
  ])('counts it though messages that come later always %s', (_, outbox, closed) => {
    duringHandover(
      ({ at, next, old, feed }) => {
        const messages = timer(1, 2).subscribe((n) => feed.messages.next(n)); // ten in the time of one
        at(8, () => next().open());
        at(closed, () => expect(old.calls).toEqual(['send 0']));
        at(closed + 1, () => expect(old.calls).toEqual(['send 0', 'close 4000 planned']));
        at(400, () => messages.unsubscribe());
      },
      [],
      { pace: atMost(1, 20), outbox },
    );
  });

  it('with 0 closes the old one when its opening is over, in a task of its own', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, old, next, log } = openFeed();
      at(5, () => feed.reconnect({ overlap: 0 }));
      at(8, () => {
        next().open();
        old.say('old');
        next().say('new');
      });
      at(9, () => {
        expect(log.slice(3)).toEqual(['"old"', '"new"']);
        expect(old.calls).toEqual(['close 1000']);
        void feed.close();
      });
      flush();
    });
  });

  it('delivers a message to `link.messages` of its own connection at once', () => {
    duringHandover(({ at, next, feed, log }) => {
      const ofLink: unknown[] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => link.messages.subscribe((m) => ofLink.push(m)));
      at(8, () => next().open());
      at(9, () => {
        next().say('new');
        expect(ofLink).toEqual(['new']);
        expect(log.slice(3)).toEqual([]);
      });
    });
  });

  it('emits what the new one had to emit before its `open` behind the turn, in order, and its messages at the end', () => {
    duringHandover(
      ({ at, next, log }) => {
        at(6, () => next().open());
        at(7, () => {
          next().frame('{');
          next().say('answer');
          next().frame('[');
        });
        at(10, () => expect(log).toEqual([]));
        at(11, () =>
          expect(log).toEqual([
            ...['10 close 4000 planned local unclean', '10 connecting 2', '10 open 2'],
            ...['10 rejected {', '10 rejected ['],
          ]),
        );
        at(21, () => expect(log.at(-1)).toBe('"answer"'));
      },
      [onlySecond(onOpen(() => timer(4)))],
    );
  });

  it('asks the factories, which know of no failure, and numbers on', () => {
    const contexts: AttemptContext[] = [];
    duringHandover(
      ({ at, next }) => {
        at(8, () => next().open());
        at(9, () => {
          expect(contexts.map(({ attempt, failures }) => [attempt, failures])).toEqual([
            [1, 0],
            [2, 0],
          ]);
          expect(contexts[1]).not.toHaveProperty('error');
        });
      },
      [],
      {
        url(context) {
          contexts.push(context);
          return 'ws://test';
        },
      },
    );
  });
});

/** A supervision of the second subscription alone: the connection that is made beside the first one. */
function onlySecond(supervision: Supervision): Supervision {
  let subscriptions = 0;
  return ((source) => (subscriptions++ === 1 ? supervision(source as never) : source)) as Supervision;
}

describe('A connection that is made beside the open one', () => {
  it.each<[string, () => Supervision[], ((socket: ReturnType<typeof playedSockets>['socket']) => void)?]>([
    ['is refused', () => [], (socket) => socket.closed()],
    ['is refused, below a retry', () => [retrying()], (socket) => socket.closed()],
    ['is refused, below the retry of RxJS', () => [retry({ delay: 3 })], (socket) => socket.closed()],
    [
      'is refused, below a retry that hides the close',
      () => [retrying(), onlySecond(filter(({ type }) => type !== 'close'))],
      (socket) => socket.closed(),
    ],
    [
      'opens and breaks during its set-up',
      () => [retrying(), onlySecond(onOpen(() => NEVER))],
      (socket) => socket.open().closed(),
    ],
    [
      'is refused by its set-up',
      () => [retrying(), onlySecond(onOpen(() => throwError(() => new Error('no'))))],
      (socket) => socket.open(),
    ],
    [
      'has a set-up that throws',
      () => [
        onlySecond(
          onOpen(() => {
            throw new Error('no');
          }),
        ),
      ],
      (socket) => socket.open(),
    ],
    [
      'is closed by its set-up',
      () => [
        onlySecond(
          onOpen((link) => {
            link.close();
            return NEVER;
          }),
        ),
      ],
      (socket) => socket.open(),
    ],
    [
      'is gone when its `open` comes, and has its close hidden',
      () => [
        onlySecond((source) =>
          source.pipe(
            retry(),
            filter(({ type }) => type !== 'close'),
            delay(2),
          ),
        ),
      ],
      (socket) => socket.open().closed(),
    ],
    [
      'is ended for good',
      () => [stopOnFatalClose(), onlySecond(onOpen(() => NEVER))],
      (socket) => socket.open().closed(4401),
    ],
    [
      'is ended quietly',
      () => [completeOnClose(), onlySecond(onOpen(() => NEVER))],
      (socket) => socket.open().closed(1000),
    ],
    ['is given up by its supervision', () => [onlySecond((() => of()) as Supervision)]],
    [
      'is given up by its supervision for another one',
      () => [onlySecond((source) => timer(0, 2).pipe(switchMap(() => source)))],
    ],
    ['has a supervision that fails', () => [onlySecond((() => throwError(() => new Error('no'))) as Supervision)]],
    [
      'has an operator that throws',
      () => [
        onlySecond((() => {
          throw new Error('no');
        }) as Supervision),
      ],
    ],
  ])('and %s ends without a word, and things go on as they were', (_how, supervision, fail) => {
    duringHandover(({ at, transport, next, old, feed, log }) => {
      at(8, () => {
        fail?.(next());
      });
      at(20, () => {
        old.say('still here');
        feed.messages.next('sent');
        expect(log).toEqual(['"still here"']);
        expect(old.calls).toEqual(['send "sent"']);
        expect(transport.sockets.slice(1).filter(({ isAlive }) => isAlive)).toEqual([]);
        expect(feed.state.value.status).toBe('open');
      });
      at(30, () => feed.reconnect(planned)); // another one can be made beside it
      at(31, () => {
        expect(transport.socket.isAlive).toBe(true);
        transport.socket.open();
        expect(log.slice(1)).toEqual([
          '31 close 4000 planned local unclean',
          expect.stringMatching(/^31 connecting/),
          expect.stringMatching(/^31 open/),
        ]);
      });
    }, supervision());
  });

  it('and does not open in time ends without a word', () => {
    duringHandover(
      ({ at, next, old, log }) => {
        at(15, () => expect(next().isAlive).toBe(true));
        at(16, () => {
          expect(next().isAlive).toBe(false);
          expect([log, old.isAlive]).toEqual([[], true]);
        });
      },
      [],
      { connectTimeout: 10 },
    );
  });

  it.each<[string, () => string]>([
    ['throws', () => { throw new Error('no url'); }], // prettier-ignore
    ['makes no URL', () => 5 as never],
  ])('and whose factory %s ends without a word', (_how, second) => {
    let asked = 0;
    duringHandover(
      ({ at, transport, old, log }) => {
        at(9, () => {
          expect(transport.sockets).toHaveLength(1);
          expect([log, old.isAlive]).toEqual([[], true]);
        });
      },
      [retrying()],
      { url: () => (asked++ ? second() : 'ws://test') },
    );
  });

  it('can be made again after it has failed', () => {
    duringHandover(({ at, transport, next, feed, log }) => {
      at(6, () => next().closed());
      at(7, () => feed.reconnect(planned));
      at(8, () => {
        transport.sockets[2]!.open();
        expect(log).toEqual(['8 close 4000 planned local unclean', '8 connecting 3', '8 open 3']);
      });
    });
  });

  it('is given up where the old one ends first, and that is supervised as ever', () => {
    duringHandover(
      ({ at, transport, next, old, log }) => {
        at(8, () => old.closed(1011));
        at(9, () => expect(next().isAlive).toBe(false));
        at(12, () => transport.sockets[2]!.open());
        at(13, () =>
          expect(log).toEqual([
            '8 close 1011 remote',
            '8 reconnecting 1 in 3 after ConnectionClosedError',
            expect.stringMatching(/^11 connecting/),
            expect.stringMatching(/^12 open/),
          ]),
        );
      },
      [retrying()],
    );
  });

  it('is given up by close(), which ends the old one with its code', () => {
    duringHandover(({ at, transport, next, old, feed, log }) => {
      at(6, () => void feed.close(4002, 'bye'));
      at(7, () => {
        expect(transport.sockets).toHaveLength(2);
        expect(next().isAlive).toBe(false);
        expect(old.calls).toEqual(['close 4002 bye']);
        expect(log).toEqual(['6 close 4002 bye local', '6 |']);
      });
    });
  });

  it('is given up by reconnect() without an overlap', () => {
    duringHandover(({ at, transport, next, old, feed, log }) => {
      at(6, () => feed.reconnect({ code: 4001 }));
      at(7, () => {
        expect(next().isAlive).toBe(false);
        expect(old.calls).toEqual(['close 4001']);
        transport.sockets[2]!.open();
        expect(log).toEqual(['6 close 4001 local unclean', '6 connecting 3', '7 open 3']);
      });
    });
  });

  it('goes on being made where reconnect({ overlap }) is called again', () => {
    duringHandover(({ at, transport, next, feed, log }) => {
      at(6, () => feed.reconnect({ overlap: 1, code: 4009 }));
      at(7, () => {
        expect(transport.sockets).toHaveLength(2);
        next().open();
        expect(log[0]).toBe('7 close 4000 planned local unclean');
      });
    });
  });

  it('is given up with its run when nobody is subscribed any more', () => {
    inVirtualTime(({ at, flush }) => {
      const { transport, feed, messages, old, next } = openFeed();
      const lifecycle = feed.lifecycle.subscribe();
      at(5, () => feed.reconnect(planned));
      at(6, () => {
        void feed.close();
        lifecycle.unsubscribe();
        messages.unsubscribe();
      });
      flush();

      expect([old, next()].map(({ isAlive }) => isAlive)).toEqual([false, false]);
      expect(transport.sockets).toHaveLength(2);
    });
  });

  it('is not paused while it is made, however much it receives: its set-up may wait for an answer', () => {
    duringHandover(
      ({ at, next, log }) => {
        at(8, () => {
          next().open();
          for (let n = 1; n <= 1500; n++) next().say(n);
          expect(next().isPaused).toBe(false);
        });
        at(13, () => expect(next().isPaused).toBe(true));
        at(23, () => {
          expect(next().isPaused).toBe(false);
          expect(log.slice(3)).toEqual(Array.from({ length: 1500 }, (_, n) => `${n + 1}`));
        });
      },
      [onlySecond(onOpen(() => timer(4)))],
    );
  });

  it('is not bound by a lease of pause until its `open`, and then both are', () => {
    duringHandover(
      ({ at, next, old, feed }) => {
        let release = () => {};
        at(7, () => (release = feed.pause()));
        at(8, () => {
          next().open();
          expect([old.isPaused, next().isPaused]).toEqual([true, false]);
        });
        at(13, () => expect([old.isPaused, next().isPaused]).toEqual([true, true]));
        at(14, () => {
          release();
          expect([old.isPaused, next().isPaused]).toEqual([false, false]);
          release = feed.pause();
          expect([old.isPaused, next().isPaused]).toEqual([true, true]);
        });
        at(15, () => release());
      },
      [onlySecond(onOpen(() => timer(4)))],
    );
  });
});

describe('While the old connection still delivers', () => {
  it('a further call ends it at once, and makes no other one', () => {
    duringHandover(({ at, transport, old, next, feed, log }) => {
      at(8, () => next().open());
      at(9, () => {
        next().say('new');
        feed.reconnect({ overlap: 99, code: 4009 });
        expect(old.calls).toEqual(['close 4000 planned']);
        expect(log.slice(3)).toEqual(['"new"']);
        expect(transport.sockets).toHaveLength(2);
      });
    });
  });

  it('and ends by itself, what waits is delivered at once, and nothing is emitted of it', () => {
    duringHandover(({ at, old, next, log }) => {
      at(8, () => next().open());
      at(9, () => {
        next().say('new');
        old.closed(1011);
        expect(log.slice(3)).toEqual(['"new"']);
      });
    });
  });

  it('a thousand messages of the new one wait, then it is paused, until the old one is closed', () => {
    duringHandover(({ at, next, log, old }) => {
      at(8, () => next().open());
      at(9, () => {
        for (let n = 1; n < 1000; n++) next().say(n);
        expect(next().isPaused).toBe(false);
        next().say(1000);
        expect(next().isPaused).toBe(true);
        for (let n = 1001; n <= 2000; n++) next().say(n);
        old.say('old');
        expect(log.slice(3)).toEqual(['"old"']);
      });
      at(19, () => {
        expect(next().isPaused).toBe(false);
        expect(log.slice(4)).toEqual(Array.from({ length: 2000 }, (_, n) => `${n + 1}`));
      });
    });
  });

  it.each<[string, (scene: ReturnType<typeof openFeed>) => void]>([
    ['breaks', ({ next }) => next().closed()],
    ['is closed by the server', ({ next }) => next().closed(1012)],
    ['is terminated', ({ feed }) => feed.link!.terminate(new Error('enough'))],
  ])('and the new one %s, its messages come before its close, and the old one ends with it', (_how, end) => {
    duringHandover(
      ({ at, transport, next, old, log, ...scene }) => {
        at(8, () => next().open());
        at(9, () => {
          next().say('new');
          end({ next, old, log, transport, ...scene });
          expect(log.slice(3, 5)).toEqual(['"new"', expect.stringMatching(/^9 close 1/)]);
          expect(old.isAlive).toBe(false);
        });
        at(13, () => {
          expect(transport.sockets).toHaveLength(3);
          transport.socket.open();
          expect(log.slice(-2)).toEqual(['12 connecting 3', '13 open 3']);
        });
      },
      [retrying()],
    );
  });

  it('close() ends both, the new one with its code, and what waited is delivered', () => {
    duringHandover(({ at, next, old, feed, log }) => {
      at(8, () => next().open());
      at(9, () => {
        next().say('new');
        void feed.close(4002, 'bye');
      });
      at(10, () => {
        expect(old.isAlive).toBe(false);
        expect(next().calls).toEqual(['close 4002 bye']);
        expect(log.slice(3)).toEqual(['"new"', '9 close 4002 bye local', '9 |']);
      });
    });
  });

  it('reconnect() without an overlap ends both, and what waited is delivered', () => {
    duringHandover(({ at, transport, next, old, feed, log }) => {
      at(8, () => next().open());
      at(9, () => {
        next().say('new');
        feed.reconnect({ code: 4001 });
        expect([old.calls, next().calls]).toEqual([['close 4000 planned'], ['close 4001']]);
        transport.socket.open();
        expect(log.slice(3)).toEqual(['"new"', '9 close 4001 local unclean', '9 connecting 3', '9 open 3']);
      });
    });
  });

  it('an unsubscribe ends both', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets();
      const feed: Feed = observeWebSocket<unknown, unknown>({ url: 'ws://test', transport });
      const subscription = feed.lifecycle.subscribe();
      transport.socket.open();
      feed.reconnect(planned);
      transport.socket.open();
      at(3, () => {
        subscription.unsubscribe();
        expect(transport.sockets.map(({ isAlive }) => isAlive)).toEqual([false, false]);
        expect(feed.state.value.status).toBe('idle');
      });
      flush();
    });
  });

  it('marks wait with the messages of the new one', () => {
    duringHandover(({ at, next, old, feed }) => {
      const topics = multiplex<unknown, unknown, string>(feed, {
        keyOf: (message) => (message as { key: string }).key,
        subscribe: (key) => ({ sub: key }),
        mark: (key) => ({ key, mark: true }),
      });
      const log: string[] = [];
      const reader = topics('a').subscribe((message) => log.push(JSON.stringify(message)));
      at(8, () => next().open());
      at(9, () => {
        log.length = 0;
        expect(next().calls).toEqual(['send {"sub":"a"}']);
        next().say({ key: 'a', n: 2 });
        old.say({ key: 'a', n: 1 });
        expect(log).toEqual(['{"key":"a","n":1}']);
      });
      at(19, () => {
        expect(log.slice(1)).toEqual(['{"key":"a","mark":true}', '{"key":"a","n":2}']);
        reader.unsubscribe();
      });
    });
  });

  it.each<[string, (feed: Feed) => unknown]>([
    ['ends the connection', (feed) => feed.link!.terminate(new Error('enough'))],
    ['closes it', (feed) => feed.close()],
    ['reconnects', (feed) => feed.reconnect()],
  ])('nothing is delivered behind the waiting message that %s', (_how, act) => {
    duringHandover(
      ({ at, next, feed, log }) => {
        feed.messages.subscribe({ next: (message) => message === 2 && void act(feed), error: () => undefined });
        at(8, () => next().open());
        at(9, () => next().say(1, 2, 3));
        at(19, () => expect(log.filter((line) => /^\d$/.test(line))).toEqual(['1', '2']));
      },
      [retrying()],
    );
  });

  it('what arrives during the delivery of what waited comes behind it', () => {
    duringHandover(({ at, next, feed, log }) => {
      feed.messages.subscribe({ next: (message) => message === 1 && next().say(3), error: () => undefined });
      at(8, () => next().open());
      at(9, () => next().say(1, 2));
      at(19, () => expect(log.slice(3)).toEqual(['1', '2', '3']));
    });
  });

  it('a subscriber that throws keeps no message from the others', () => {
    duringHandover(({ at, next, old, log }) => {
      at(8, () => next().open());
      at(9, () => next().frame('{'));
      at(10, () => next().say('new'));
      at(19, () => {
        expect(log.slice(3)).toEqual(['9 rejected {', '"new"']);
        expect(old.isAlive).toBe(false);
      });
    });
  });

  it.each<[string, (feed: Feed) => unknown, string[]]>([
    ['close()', (feed) => feed.close(), ['8 close 1000 local', '8 |']],
    ['reconnect()', (feed) => feed.reconnect(), ['8 close 1000 local unclean', '8 connecting 3']],
    ['reconnect({ overlap })', (feed) => feed.reconnect({ overlap: 5 }), []],
  ])('%s in a listener of its `open` is emitted behind the turn', (_what, act, rest) => {
    duringHandover(({ at, next, old, feed, log }) => {
      feed.lifecycle.pipe(ofType('open')).subscribe(({ attempt }) => attempt === 2 && void act(feed));
      at(8, () => next().open());
      at(9, () => {
        expect(log).toEqual(['8 close 4000 planned local unclean', '8 connecting 2', '8 open 2', ...rest]);
        expect(old.isAlive).toBe(false);
      });
    });
  });
});

describe('A connection that has taken the place of another one', () => {
  it.each<[string, number, (scene: ReturnType<typeof openFeed>) => void, string[]]>([
    ['is closed by us', 9, ({ feed }) => feed.link!.close(), ['9 close 1000 local', '9 |']],
    ['is closed by us', 30, ({ feed }) => feed.link!.close(), ['30 close 1000 local', '30 |']],
    ['breaks', 9, ({ next }) => next().closed(), ['9 close 1006 remote unclean', '9 # ConnectionClosedError']],
    ['breaks', 30, ({ next }) => next().closed(), ['30 close 1006 remote unclean', '30 # ConnectionClosedError']],
  ])('and %s at %i ends the run, and the old one', (_how, frame, end, emitted) => {
    duringHandover(({ at, ...scene }) => {
      at(8, () => scene.next().open());
      at(frame, () => {
        end({ at, ...scene } as typeof scene);
        expect(scene.log.slice(3)).toEqual(emitted);
        expect(scene.old.isAlive).toBe(false);
      });
    });
  });

  it('and is given up by its supervision has its close emitted at once', () => {
    duringHandover(
      ({ at, next, log }) => {
        at(8, () => next().open());
        at(36, () => expect(log.slice(3)).toEqual(['35 close 1006 local unclean']));
      },
      [onlySecond((source) => timer(0, 30).pipe(switchMap((n) => (n ? NEVER : source))))],
    );
  });

  it('closes as any other one: closing, then closed', () => {
    duringHandover(({ at, next, feed }) => {
      const states = record(feed.state, ({ status }) => status);
      at(8, () => next().open());
      at(30, () => {
        void feed.close();
        expect(states.slice(-2)).toEqual(['30 closing', '30 closed']);
      });
    });
  });

  it('is closed for good by close(), though its supervision wants to go on', () => {
    duringHandover(
      ({ at, next, feed, log, transport }) => {
        at(8, () => next().open());
        at(30, () => {
          void feed.close();
          expect(log.slice(3)).toEqual(['30 close 1000 local', '30 |']);
          expect(transport.sockets).toHaveLength(2);
        });
      },
      [repeat()],
    );
  });

  it('and ends is replaced at once by a supervision that waits for nothing, and what waited is delivered', () => {
    duringHandover(
      ({ at, transport, next, old, log, feed }) => {
        feed.events.pipe(ofType('dropped')).subscribe(() => feed.link?.terminate(new Error('enough')));
        at(8, () => next().open());
        at(9, () => {
          next().say('new');
          feed.messages.next(undefined); // which cannot be encoded
          expect(log.slice(3)).toEqual([
            '9 dropped 1 unserializable',
            '"new"',
            '9 close 1006 local unclean',
            '9 connecting 3',
          ]);
          expect(old.isAlive).toBe(false);
          transport.socket.open();
        });
        at(10, () => feed.reconnect(planned)); // another one can be made beside it
        at(11, () => expect(transport.sockets).toHaveLength(4));
      },
      [retry()],
    );
  });

  it('does not end the overlap by a message that is rejected', () => {
    duringHandover(({ at, next, old }) => {
      at(8, () => next().open());
      at(9, () => next().frame('{'));
      at(17, () => expect(old.isAlive).toBe(true));
      at(19, () => expect(old.isAlive).toBe(false));
    });
  });

  it('has what its supervision emits before it connects come behind its `open`', () => {
    duringHandover(
      ({ at, next, log }) => {
        at(8, () => {
          next().open();
          expect(log.slice(1)).toEqual(['8 connecting 2', '8 open 2', '8 heartbeat 7']);
        });
      },
      [onlySecond(startWith<LifecycleEvent>({ type: 'heartbeat', latency: 7 }))],
    );
  });

  it.each([
    ['is made already', 5],
    ['is open already', 7],
  ])('delivers what it receives, though its supervision has begun one more, which %s', (_, receivesAt) => {
    let runs = 0;
    const twoAtOnce: Supervision = (source) =>
      runs++ === 1 ? merge(source, timer(2).pipe(switchMap(() => source))) : source;
    inVirtualTime(({ at, flush }) => {
      const { feed, transport, log, next } = openFeed([twoAtOnce]);
      const messages = (): string[] => log.filter((line) => line.startsWith('"'));
      at(2, () => feed.reconnect({ overlap: 10 }));
      at(3, () => next().open());
      at(6, () => transport.sockets[2]!.open());
      at(receivesAt, () => {
        next().say('from the one');
        if (receivesAt > 6) transport.sockets[2]!.say('from the other');
      });
      at(30, () => void feed.close());
      flush();

      expect(messages()).toEqual(['"from the one"', ...(receivesAt > 6 ? ['"from the other"'] : [])]);
    });
  });

  it('is no failure for the factories, nor is the end of the old one', () => {
    const failures: number[] = [];
    duringHandover(
      ({ at, next, feed }) => {
        at(8, () => next().open());
        at(9, () => feed.reconnect({ overlap: 5 })); // ends the old one
        at(10, () => feed.reconnect());
        at(11, () => expect(failures).toEqual([0, 0, 0]));
      },
      [],
      {
        url(context) {
          failures.push(context.failures);
          return 'ws://test';
        },
      },
    );
  });

  it.each([
    [29_999, 1],
    [30_000, 0],
  ])(
    'asks the factories with no failures of the time before a connection that is healthy: %i ms, %i',
    (open, expected) => {
      inVirtualTime(({ at, flush }) => {
        const contexts: AttemptContext[] = [];
        const transport = playedSockets();
        const url = (context: AttemptContext) => (contexts.push(context), 'ws://test');
        const feed = observeWebSocket({ url, transport }, retrying(1));
        feed.lifecycle.subscribe({ error: () => undefined });
        transport.socket.closed();
        at(2, () => transport.socket.open());
        at(2 + open, () => feed.reconnect({ overlap: 5 }));
        at(2 + open + 1, () => void feed.close());
        flush();

        expect(contexts.map(({ failures }) => failures)).toEqual([0, 1, expected]);
      });
    },
  );

  it('counts the overlap from when the last message that waits is taken back', () => {
    duringHandover(
      ({ at, next, old, feed }) => {
        const request = requestResponse<unknown, unknown, number>(feed, { idOf: () => undefined });
        const waiting = new Subscription();
        feed.lifecycle.pipe(ofType('open')).subscribe(({ attempt }) => {
          if (attempt !== 2) return;
          feed.messages.next('first');
          waiting.add(request(1, 'second').subscribe());
        });
        at(8, () => next().open());
        at(10, () => waiting.unsubscribe());
        at(8 + 22 + 9, () => expect(old.isAlive).toBe(true));
        at(8 + 22 + 11, () => {
          expect(next().calls).toEqual(['send "first"']);
          expect(old.isAlive).toBe(false);
        });
      },
      [],
      { pace: atMost(1, 20) },
    );
  });
});

describe('A listener of a handover', () => {
  it('may ask for another one twice', async () => {
    const unhandled: unknown[] = [];
    rxjs.onUnhandledError = (error) => unhandled.push(error);
    duringHandover(({ at, next, feed, old }) => {
      feed.lifecycle.pipe(ofType('open')).subscribe(({ attempt }) => {
        if (attempt !== 2) return;
        feed.reconnect({ overlap: 1 });
        feed.reconnect({ overlap: 1 });
      });
      at(8, () => {
        next().open();
        expect(old.isAlive).toBe(false);
      });
    });
    await laterTask(); // RxJS reports in a task of its own
    rxjs.onUnhandledError = null;

    expect(unhandled).toEqual([]);
  });

  it('has nothing emitted of the old connection, though a message of it is rejected', () => {
    duringHandover(({ at, next, feed, old, log }) => {
      feed.events.pipe(ofType('close')).subscribe(() => old.frame('{'));
      at(8, () => {
        next().open();
        expect(log).toEqual(['8 close 4000 planned local unclean', '8 connecting 2', '8 open 2']);
      });
    });
  });
});

describe('reconnect({ overlap }) where no connection is open', () => {
  it.each<[string, Supervision[], (socket: ReturnType<typeof playedSockets>['socket']) => void]>([
    ['is being made', [], () => undefined],
    ['is in its set-up', [onOpen(() => NEVER)], (socket) => void socket.open()],
    ['is waited for', [retrying(50)], (socket) => socket.open().closed()],
  ])('but one %s is reconnect()', (_how, supervision, before) => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets();
      const feed: Feed = observeWebSocket<unknown, unknown>({ url: 'ws://test', transport }, ...supervision);
      const log = record(feed.lifecycle, brief);
      before(transport.socket);
      at(5, () => {
        log.length = 0;
        feed.reconnect(planned);
        expect(transport.sockets.map(({ isAlive }) => isAlive)).toEqual([false, true]);
        expect(log.at(-1)).toBe('5 connecting 2');
        void feed.close();
      });
      flush();
    });
  });

  it('refuses an overlap that is no number of milliseconds', () => {
    const { feed } = openFeed();

    expect(() => feed.reconnect({ overlap: -1 })).toThrow(
      new RangeError('Expected `overlap` to be a number of 0 or more, got -1.'),
    );
    void feed.close();
  });

  it('does nothing without a run, and during close()', () => {
    inVirtualTime(({ flush }) => {
      const { feed, transport } = openFeed();
      void feed.close();

      feed.reconnect(planned);
      flush();
      feed.reconnect(planned);

      expect(transport.sockets).toHaveLength(1);
    });
  });
});

describe('A heartbeat', () => {
  it('of the old one ends with its turn, and one of the new one begins', () => {
    duringHandover(
      ({ at, old, next, log }) => {
        at(8, () => next().open());
        at(60, () => {
          expect(old.calls.filter((call) => call.startsWith('send'))).toEqual(['send ping', 'send ping']);
          expect(next().calls.filter((call) => call.startsWith('send'))).not.toEqual([]);
          expect(log.filter((line) => line.includes('HeartbeatTimeout'))).toEqual([]);
        });
        for (let frame = 1; frame < 60; frame++) at(frame, () => [old, next() as typeof old | undefined].forEach((one) => one?.readyState === 1 && one.say(frame))); // prettier-ignore
      },
      [heartbeat({ interval: 4, timeout: 3, ping: () => 'ping', random: () => 0 })],
    );
  });
});
