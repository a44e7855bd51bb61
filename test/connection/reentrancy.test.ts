import { config as rxjs, filter, finalize, map, Observable, queueScheduler, take, takeWhile, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, Subscriber } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff, WebSocketError } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { laterTask } from '../helpers/later-task.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';

let unhandled: string[];

beforeEach(() => {
  unhandled = [];
  rxjs.onUnhandledError = (error) => unhandled.push(String(error));
});

afterEach(() => {
  rxjs.onUnhandledError = null;
});

/** A connection over a transport that is played by hand. */
function played(...supervision: Supervision[]) {
  const transport = playedSockets({ answersClose: false });
  return { transport, feed: observeWebSocket({ url: 'ws://played', transport }, ...supervision) };
}

/** The types of what is heard from now on, and how it ended. */
function listen({ lifecycle }: WebSocketConnection): string[] {
  const heard: string[] = [];
  lifecycle.subscribe({
    next: ({ type }) => heard.push(type),
    error: () => heard.push('failed'),
    complete: () => heard.push('completed'),
  });
  return heard;
}

function fail(): never {
  throw new Error('mine');
}

/** What has a teardown that throws. */
const spoilt = <T>(): MonoTypeOperatorFunction<T> => finalize(fail);

/** RxJS reports in a task of its own. */
function reported(): Promise<void> {
  return laterTask();
}

describe('A new run, begun while another one ends,', () => {
  it('is left alone by the retry of a run that was left in shouldRetry', () => {
    let heard: string[] = [];
    const { transport, feed } = played(
      retryWithBackoff({
        shouldRetry: () => {
          first.unsubscribe();
          heard = listen(feed);
          return true;
        },
      }),
    );
    const first = feed.lifecycle.subscribe();
    transport.socket.open();

    transport.socket.closed();
    transport.socket.open();

    expect(heard).toEqual(['connecting', 'open']);
    expect(transport.calls).toEqual([]);
  });

  it('is left alone by the retry of a connection that the supervision refused', () => {
    let heard: string[] | undefined;
    const { transport, feed } = played(
      map((event: LifecycleEvent) => {
        if (event.type === 'open' && !heard) throw new Error('not this one');
        return event;
      }),
      retryWithBackoff(),
    );
    const first = feed.lifecycle.subscribe(({ type }) => {
      if (type !== 'close') return;
      first.unsubscribe();
      heard = listen(feed);
    });
    transport.socket.open();

    transport.socket.open();

    expect(heard).toEqual(['connecting', 'open']);
    expect(transport.calls).toEqual(['close 1000']); // the one that was refused
  });

  it('does not hear what the supervision of the one before says belatedly', () => {
    const subscribers: Subscriber<LifecycleEvent>[] = [];
    const { transport, feed } = played(
      (source) =>
        new Observable((subscriber) => {
          subscribers.push(subscriber);
          return source.subscribe(subscriber);
        }),
    );
    feed.lifecycle.subscribe().unsubscribe();
    const heard = listen(feed);

    subscribers[0]!.next({ type: 'reconnecting', retry: 1, delay: 1, error: new Error('belated') });
    transport.socket.open();

    expect(heard).toEqual(['connecting', 'open']);
  });

  it('is not ended by the close() of no run that came before it', async () => {
    const { feed } = played();

    const closed = feed.close();
    const heard = listen(feed);
    await closed;

    expect(heard).toEqual(['connecting']);
  });

  it('is not ended by the close() of the run before, where it is begun on hearing of what that drops', async () => {
    const { feed } = played();
    let heard: string[] = [];
    const first = feed.lifecycle.subscribe(({ type }) => {
      if (type !== 'dropped') return;
      first.unsubscribe();
      heard = listen(feed);
    });
    feed.messages.next('waits');

    await feed.close();

    expect(heard).toEqual(['connecting']);
  });
});

describe('A supervision that ends the run while a connection is open', () => {
  const refuseOpen = map((event: LifecycleEvent) => {
    if (event.type === 'open') throw new WebSocketError('wrong protocol', { fatal: true });
    return event;
  });

  it.each([
    ['fails on hearing of it', refuseOpen, ['connecting', 'close', 'failed']],
    ['fails to make a heartbeat', heartbeat({ interval: () => 0 }), ['connecting', 'close', 'failed']],
    ['completes', take<LifecycleEvent>(2), ['connecting', 'open', 'close', 'completed']],
  ])('and %s: listeners hear of the close first', (_, supervision, expected) => {
    const { transport, feed } = played(supervision);
    const heard = listen(feed);

    transport.socket.open();

    expect(heard).toEqual(expected);
    expect(transport.calls).toEqual(['close 1000']);
  });
});

describe('A run that its supervision ends', () => {
  const refuse = (type: LifecycleEvent['type']) =>
    map((event: LifecycleEvent) => {
      if (event.type === type) throw new WebSocketError(`no ${type}`, { fatal: true });
      return event;
    });

  it('has no close told whose `connecting` was not', () => {
    const { feed } = played(refuse('connecting'));

    const heard = listen(feed);

    expect(heard).toEqual(['failed']);
  });

  it.each([
    ['for good', refuse('rejected')],
    ['to retry', (source: Observable<LifecycleEvent>) => source.pipe(refuse('rejected'), retryWithBackoff())],
  ])(
    '%s has its close told before what somebody does on hearing of the end of `link.messages`',
    async (_, supervise) => {
      const { transport, feed } = played(supervise);
      let closed: Promise<void> | undefined;
      const heard = listen(feed);
      transport.socket.open();
      feed.link!.messages.subscribe({ complete: () => void (closed = feed.close()) });

      transport.socket.frame('{oops');
      transport.socket.closed(1000);
      await closed;

      expect(heard).toEqual(['connecting', 'open', 'close', 'completed']);
    },
  );
});

describe('Whoever hears of a state and', () => {
  /** The states that are heard by somebody who comes after the one that acts. */
  function followed({ state }: WebSocketConnection): string[] {
    const heard: string[] = [];
    state.subscribe(({ status }) => heard.push(status));
    return heard;
  }

  function leaveAndComeBackAtOpen(feed: ReturnType<typeof played>['feed']): void {
    const reader = feed.lifecycle.subscribe();
    feed.state.pipe(filter(({ status }) => status === 'open')).subscribe(() => {
      reader.unsubscribe();
      feed.lifecycle.subscribe();
    });
  }

  it('leaves has others hear of idle last', () => {
    const { transport, feed } = played();
    const reader = feed.lifecycle.subscribe();
    feed.state.subscribe(({ status }) => {
      if (status === 'open') reader.unsubscribe();
    });
    const heard = followed(feed);

    transport.socket.open();

    expect(heard).toEqual(['connecting', 'open', 'idle']);
    expect(feed.state.value.status).toBe('idle');
  });

  it('leaves, and comes back, has nobody hear of idle', () => {
    const { transport, feed } = played();
    leaveAndComeBackAtOpen(feed);
    const heard = followed(feed);

    transport.socket.open();

    expect(heard).toEqual(['connecting', 'open', 'connecting']);
  });

  it('leaves, and comes back to a supervision that is silent, has others hear of idle', () => {
    const { transport, feed } = played(filter(({ type }: LifecycleEvent) => type === 'open'));
    leaveAndComeBackAtOpen(feed);
    const heard = followed(feed);

    transport.socket.open();

    expect(heard).toEqual(['idle', 'open', 'idle']);
    expect(feed.link).toBeUndefined();
  });

  it('closes has others hear of closed last', async () => {
    const { transport, feed } = played(retryWithBackoff());
    let closed: Promise<void> | undefined;
    listen(feed);
    feed.state.subscribe(({ status }) => {
      if (status === 'reconnecting') closed = feed.close();
    });
    const heard = followed(feed);

    transport.socket.closed();
    await closed;

    expect(heard).toEqual(['connecting', 'closed', 'reconnecting', 'closed']);
    expect(feed.state.value.status).toBe('closed');
  });
});

describe('Where a teardown throws, RxJS reports it, and', () => {
  afterEach(async () => {
    await reported();

    expect(unhandled).toEqual([expect.stringContaining('mine')]);
  });

  it('that of a listener keeps no end from the others, nor close() from resolving', async () => {
    const { transport, feed } = played();
    feed.lifecycle.pipe(spoilt()).subscribe({ error: () => undefined });
    const heard = listen(feed);
    transport.socket.open();

    transport.socket.closed();
    await feed.close();

    expect(heard).toEqual(['open', 'close', 'failed']);
  });

  it('that of a listener of `link.messages` keeps no retry from being made', () => {
    const { transport, feed } = played(retryWithBackoff({ scheduler: queueScheduler, delays: [0] }));
    const heard = listen(feed);
    transport.socket.open();
    feed.link!.messages.pipe(spoilt()).subscribe({ error: () => undefined });

    transport.socket.closed(1001);

    expect(heard).toEqual(['connecting', 'open', 'close', 'reconnecting', 'connecting']);
  });

  it('that of a listener of `link.pongs` keeps no end from the listeners', () => {
    const { transport, feed } = played();
    const heard = listen(feed);
    transport.socket.open();
    feed.link!.pongs.pipe(spoilt()).subscribe();

    transport.socket.closed(1001);

    expect(heard).toEqual(['connecting', 'open', 'close', 'failed']);
  });

  it('that of a supervision that stops at `close` keeps the run from nothing, and `close` is emitted all the same', async () => {
    const { transport, feed } = played(
      spoilt(),
      takeWhile(({ type }) => type !== 'close'),
    );
    const heard = listen(feed);
    transport.socket.open();

    transport.socket.closed(1001);
    await feed.close();

    expect(heard).toEqual(['connecting', 'open', 'close', 'completed']);
  });

  /** A factory that never answers, and whose teardown throws. */
  const unanswered = () => new Observable<string>(() => () => fail());

  it('that of a factory keeps close() from nothing', async () => {
    const feed = observeWebSocket({ url: unanswered, transport: playedSockets({ answersClose: false }) });
    const heard = listen(feed);

    await feed.close();

    expect(heard).toEqual(['connecting', 'close', 'completed']);
  });

  it('that of a factory keeps the state from nothing when the last one leaves', () => {
    const feed = observeWebSocket({ url: unanswered, transport: playedSockets({ answersClose: false }) });

    feed.lifecycle.subscribe().unsubscribe();

    expect(feed.state.value).toEqual({ status: 'idle' });
  });

  it('that of a factory keeps no retry from being made where the connect timeout, or another factory, fails', () => {
    inVirtualTime(({ flush }) => {
      const failing = () => timer(2).pipe(map(fail));
      const supervision = retryWithBackoff<LifecycleEvent>({ delays: [5] });
      const config = { transport: playedSockets({ answersClose: false }), connectTimeout: 10 };
      const feeds = [
        observeWebSocket({ ...config, url: unanswered }, supervision),
        observeWebSocket({ ...config, url: 'ws://played', headers: failing, protocols: unanswered }, supervision),
      ];
      const all = feeds.map(listen);

      flush();

      const twice = ['connecting', 'close', 'reconnecting', 'connecting', 'close', 'failed'];
      expect(all).toEqual([twice, twice]);
      expect(unhandled.splice(1)).toHaveLength(3); // one for each attempt
    });
  });

  it('that of a `probe` keeps the close from nobody', () => {
    const { transport, feed } = played(heartbeat({ probe: unanswered() }));
    const heard = listen(feed);
    transport.socket.open();

    transport.socket.closed(1001);

    expect(heard).toEqual(['connecting', 'open', 'close', 'failed']);
  });

  it('that of the supervision keeps close() from nothing while a connection is made', async () => {
    const { feed } = played(spoilt());
    const heard = listen(feed);

    await feed.close();

    expect(heard).toEqual(['connecting', 'close', 'completed']);
  });

  it('that of the supervision keeps the state from nothing when the last one leaves', () => {
    const { transport, feed } = played(spoilt());
    const reader = feed.lifecycle.subscribe();
    transport.socket.open();

    reader.unsubscribe();

    expect(feed.state.value).toEqual({ status: 'idle' });
    expect(transport.calls).toEqual(['close 1000']);
  });
});

describe('What connections share by default', () => {
  it('cannot be written by a transport', () => {
    const headers: object[] = [];
    const transport = playedSockets({ answersClose: false });
    const { open } = transport;
    Object.assign(transport, {
      open(...request: Parameters<typeof open>) {
        headers.push(request[0].headers);
        return open(...request);
      },
    });

    for (const url of ['ws://a', 'ws://b']) observeWebSocket({ url, transport }).lifecycle.subscribe();

    expect(() => Object.assign(headers[0]!, { authorization: 'Bearer a' })).toThrow(TypeError);
    expect(headers[1]).toEqual({});
  });
});
