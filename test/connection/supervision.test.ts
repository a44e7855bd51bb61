import {
  catchError,
  concat,
  defer,
  delay,
  dematerialize,
  filter,
  finalize,
  ignoreElements,
  materialize,
  merge,
  mergeMap,
  NEVER,
  Observable,
  of,
  switchMap,
  take,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision } from '../../src/index.node.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief } from '../helpers/record.js';

/** A connection over sockets that are played by hand, and what is emitted of it. */
function connect(...supervision: Supervision[]) {
  const transport = playedSockets();
  const feed = observeWebSocket({ url: 'ws://test', transport }, ...supervision);
  const log: string[] = [];
  const subscription = feed.lifecycle.subscribe({
    next: (event) => log.push(brief(event)),
    error: (error: unknown) => log.push(`# ${(error as Error).name}`),
    complete: () => log.push('|'),
  });
  return { transport, feed, log, subscription };
}

/** Counts how often it is subscribed to, and runs `teardown` when it is unsubscribed from. */
function counted(teardown: () => void) {
  const count = { subscriptions: 0 };
  const supervision: Supervision = (source) =>
    defer(() => {
      count.subscriptions++;
      return source as Observable<LifecycleEvent>;
    }).pipe(finalize(teardown));
  return { count, supervision };
}

const ownClose: LifecycleEvent = { type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'local' };
const hiding =
  (type: LifecycleEvent['type']): Supervision =>
  (source) =>
    source.pipe(filter((event) => event.type !== type));

describe('A supervision that waits before it connects', () => {
  it('can be paused, reconnected and unsubscribed from meanwhile', () => {
    inVirtualTime(({ at, flush }) => {
      const { transport, feed, subscription } = connect((source) => timer(50).pipe(switchMap(() => source)));
      at(5, () => feed.pause());
      at(10, () => feed.reconnect());
      at(15, () => feed.reconnect({ overlap: 10 }));
      at(20, () => subscription.unsubscribe());

      flush();

      expect(transport.sockets).toEqual([]);
      expect(feed.state.value.status).toBe('idle');
    });
  });

  it('has the close of the connection before emitted at once by reconnect()', () => {
    inVirtualTime(({ at, flush }) => {
      const { transport, feed, log } = connect((source) => timer(50).pipe(switchMap(() => source)));
      at(60, () => transport.socket.open());
      at(70, () => {
        feed.reconnect();
        expect(log.at(-1)).toBe('close 1000 local unclean');
      });
      at(125, () => {
        expect(log.at(-1)).toBe('connecting 2');
        void feed.close();
      });

      flush();
    });
  });
});

describe('A supervision that gives an attempt up, and makes no other one,', () => {
  const givingUp = (supervision: Supervision): Supervision =>
    ((source) => timer(0, 10).pipe(switchMap((n) => (n ? NEVER : supervision(source))))) as Supervision;

  it('has its close emitted at once', () => {
    inVirtualTime(({ at, flush }) => {
      const { transport, feed, log } = connect(givingUp((source) => source));
      at(1, () => transport.socket.open());
      at(11, () => {
        expect(log).toEqual(['connecting 1', 'open 1', 'close 1006 local unclean']);
        expect(feed.state.value.status).toBe('closed');
        void feed.close();
      });

      flush();
    });
  });

  it('has no close emitted where it has hidden the attempt', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, log } = connect(givingUp(hiding('connecting')));
      at(11, () => {
        expect(log).toEqual([]);
        void feed.close();
      });

      flush();
    });
  });
});

describe('A supervision whose teardown', () => {
  it('unsubscribes the last subscriber is not subscribed to again by reconnect()', () => {
    const { count, supervision } = counted(() => subscription.unsubscribe());
    const { transport, feed, subscription } = connect(supervision);
    transport.socket.open();

    feed.reconnect();

    expect(count.subscriptions).toBe(1);
    expect(feed.state.value.status).toBe('idle');
  });

  it('closes the connection is not subscribed to again by a reconnect() in a listener', () => {
    const { count, supervision } = counted(() => void feed.close());
    const { transport, feed, log } = connect(supervision);
    feed.lifecycle.subscribe(({ type }) => type === 'open' && feed.reconnect());

    transport.socket.open();

    expect(count.subscriptions).toBe(1);
    expect(log.at(-1)).toBe('|');
  });

  it('reconnects too makes one connection', () => {
    let teardowns = 0;
    const { count, supervision } = counted(() => teardowns++ || feed.reconnect());
    const { transport, feed } = connect(supervision);
    transport.socket.open();

    feed.reconnect();

    expect(count.subscriptions).toBe(2);
    expect(transport.sockets.map(({ isAlive }) => isAlive)).toEqual([false, true]);
  });
});

describe('A supervision that connects once more', () => {
  it.each<[string, (source: Observable<LifecycleEvent>, subscriber: never) => void]>([
    ['for who was subscribed', (source, subscriber) => source.subscribe(subscriber)],
    ['for itself', (source) => source.subscribe()],
  ])('though another one has taken its place makes no connection, %s', (_whom, connectAgain) => {
    inVirtualTime(({ at, flush }) => {
      let subscriptions = 0;
      const forgetful: Supervision = (source) =>
        new Observable((subscriber) => {
          if (subscriptions++ === 0) timer(20).subscribe(() => connectAgain(source, subscriber as never));
          return source.subscribe(subscriber);
        });
      const { transport, feed } = connect(forgetful);
      at(5, () => feed.reconnect());
      at(30, () => {
        expect(transport.sockets).toHaveLength(2);
        void feed.close();
      });

      flush();
    });
  });

  it.each<[string, (connected: ReturnType<typeof connect>) => void, number]>([
    ['the first connection', () => undefined, 1],
    [
      'one that was made beside it',
      ({ feed, transport }) => {
        feed.reconnect({ overlap: 3 });
        transport.socket.open();
      },
      2,
    ],
  ])(
    'as the messages of a link end makes no connection when nobody is subscribed any more: %s',
    (_which, act, made) => {
      inVirtualTime(({ at, flush }) => {
        const connected = connect((source) =>
          source.pipe(
            mergeMap((event) =>
              event.type === 'open' ? concat(of(event), event.link.messages.pipe(ignoreElements()), source) : of(event),
            ),
          ),
        );
        const { transport, subscription } = connected;
        at(1, () => transport.socket.open());
        at(2, () => act(connected));
        at(20, () => subscription.unsubscribe());

        flush();

        expect(transport.sockets).toHaveLength(made);
      });
    },
  );
});

describe('A supervision that passes everything on late', () => {
  it('has the close emitted when it passes that on', () => {
    inVirtualTime(({ at, flush }) => {
      const late: Supervision = (source) => source.pipe(materialize(), delay(10), dematerialize());
      const { transport, log } = connect(late);
      at(1, () => transport.socket.open());
      at(20, () => transport.socket.closed());
      at(29, () => expect(log).toEqual(['connecting 1', 'open 1']));

      flush();

      expect(log.slice(2)).toEqual(['close 1006 remote unclean', '# ConnectionClosedError']);
    });
  });
});

describe('A supervision that hides `connecting`', () => {
  it('has a close emitted where it completes at `open`', () => {
    const { transport, log } = connect((source) =>
      source.pipe(
        filter(({ type }) => type === 'open'),
        take(1),
      ),
    );

    transport.socket.open();

    expect(log).toEqual(['open 1', 'close 1006 local unclean', '|']);
  });
});

describe('A supervision that emits of its own', () => {
  it('a `connecting` before it connects has a close of it emitted', () => {
    inVirtualTime(({ at, flush }) => {
      const { transport, feed, log } = connect((source) =>
        concat(of<LifecycleEvent>({ type: 'connecting', attempt: 1 }), timer(10).pipe(switchMap(() => source))),
      );
      at(5, () => expect(feed.state.value.status).toBe('connecting'));
      at(15, () => {
        transport.socket.open();
        expect(log).toEqual(['connecting 1', 'close 1006 local unclean', 'connecting 1', 'open 1']);
        void feed.close();
      });

      flush();
    });
  });

  it('an `open` while it connects changes no state', () => {
    const { feed, log } = connect((source) =>
      merge(source, of({ type: 'open', attempt: 1, url: '', protocol: '', extensions: '' } as LifecycleEvent)),
    );

    expect(log).toEqual(['connecting 1', 'open 1']);
    expect(feed.state.value.status).toBe('connecting');
    void feed.close();
  });

  it('a close, and never connects, has that emitted', () => {
    expect(connect(() => of(ownClose)).log).toEqual(['close 1006 local unclean', '|']);
  });

  it('a close before it connects has that of each connection emitted all the same', () => {
    inVirtualTime(({ at, flush }) => {
      const own = [ownClose];
      const { transport, feed, log } = connect((source) => concat(own.splice(0), source.pipe(catchError(() => NEVER))));
      at(1, () => transport.socket.open());
      at(2, () => feed.reconnect({ code: 4000, overlap: 3 }));
      at(3, () => {
        log.length = 0;
        transport.socket.open();
        expect(log).toContain('close 4000 local unclean');
      });
      at(10, () => {
        log.length = 0;
        transport.socket.closed(4001);
        expect(log).toEqual(['close 4001 remote']);
        void feed.close();
      });

      flush();
    });
  });
});

describe('A supervision that makes two connections at once', () => {
  it('keeps the state open while the first one is', () => {
    inVirtualTime(({ at, flush }) => {
      const { transport, feed } = connect((source) => merge(source, source.pipe(catchError(() => NEVER))));
      at(1, () => transport.sockets.forEach((socket) => socket.open()));
      at(2, () => {
        transport.sockets[1]!.closed();
        expect(feed.state.value.status).toBe('open');
        void feed.close();
      });

      flush();
    });
  });
});

describe('A listener that', () => {
  it('ends the run, and reconnects, has no connection made', () => {
    const { transport, feed, log } = connect();
    feed.events.subscribe((event) => {
      if (event.type !== 'open') return;
      event.link.terminate(new Error('enough'));
      feed.reconnect();
    });

    transport.socket.open();

    expect(transport.sockets).toHaveLength(1);
    expect(log.slice(2)).toEqual(['close 1006 local unclean', '# Error']);
  });

  it('unsubscribes as the connection breaks has the state idle and not closed', () => {
    const transport = fakeTransport();
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const states: string[] = [];
    feed.state.subscribe(({ status }) => states.push(status));
    const subscription = feed.lifecycle.subscribe(({ type }) => {
      if (type !== 'open') return;
      transport.sink.onClose(1006, '', false);
      subscription.unsubscribe();
    });

    transport.open();

    expect(states).toEqual(['idle', 'connecting', 'open', 'idle']);
  });
});

describe('A subscriber that has unsubscribed already', () => {
  it.each(['lifecycle', 'messages'] as const)('begins nothing by subscribing to %s', (stream) => {
    const { count, supervision } = counted(() => undefined);
    const feed = observeWebSocket({ url: 'ws://test', transport: playedSockets() }, supervision);

    new Observable<unknown>((subscriber) => {
      subscriber.complete();
      feed[stream].subscribe(subscriber);
    }).subscribe();

    expect(count.subscriptions).toBe(0);
  });
});
