import { config as rxjs, finalize, map, Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { fakeTransport } from '../helpers/fake-transport.js';

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
  const transport = fakeTransport();
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

/** A listener whose own teardown throws. */
function listenBadly({ lifecycle }: WebSocketConnection): void {
  const spoilt = finalize(() => {
    throw new Error('mine');
  });
  lifecycle.pipe(spoilt).subscribe({ error: () => undefined });
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
    transport.open();

    transport.sink.onClose(1006, '', false);
    transport.open();

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
    transport.open();

    transport.open();

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
    transport.open();

    expect(heard).toEqual(['connecting', 'open']);
  });

  it('is not ended by the close() of no run that came before it', async () => {
    const { feed } = played();

    const closed = feed.close();
    const heard = listen(feed);
    await closed;

    expect(heard).toEqual(['connecting']);
  });
});

describe('A listener whose teardown throws', () => {
  it('does not keep the end from the others, nor close() from resolving, and RxJS reports what was thrown', async () => {
    const { transport, feed } = played();
    listenBadly(feed);
    const heard = listen(feed);
    transport.open();

    transport.sink.onClose(1006, '', false);
    await feed.close();
    await new Promise((resolve) => setTimeout(resolve)); // RxJS reports in a task of its own

    expect(heard).toEqual(['open', 'close', 'failed']);
    expect(unhandled).toEqual([expect.stringContaining('mine')]);
  });
});

describe('What connections share by default', () => {
  it('cannot be written by a transport', () => {
    const headers: object[] = [];
    const transport = fakeTransport();
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
