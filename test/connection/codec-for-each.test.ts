import { EMPTY, retry, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { observeWebSocket, onOpen, retryWithBackoff } from '../../src/index.node.js';
import type { Codec, Supervision } from '../../src/index.node.js';
import { playedSockets } from '../helpers/played-sockets.js';

/** Codecs of packets that do not keep to frames: each joins what is left of one frame with the next. */
function codecs() {
  let made = 0;
  const make = (): Codec<string> => {
    const name = `codec ${++made}`;
    let rest = '';
    return {
      encode: (value) => `${name}: ${value}`,
      decode(data) {
        const text = rest + String(data);
        const end = text.lastIndexOf(';') + 1;
        rest = text.slice(end);
        return `${name}: ${text.slice(0, end)}`;
      },
    };
  };
  return { make, count: () => made };
}

function connect(codec: () => Codec<string>, ...supervision: Supervision[]) {
  const transport = playedSockets();
  const feed = observeWebSocket({ url: 'ws://test', transport, codec }, ...supervision);
  const messages: string[] = [];
  feed.messages.subscribe({ next: (message) => messages.push(message), error: () => undefined });
  return { feed, transport, messages };
}

describe('A function that makes codecs', () => {
  it('makes one for each connection, which keeps what belongs to that one', () => {
    const { make, count } = codecs();
    const { transport, messages } = connect(make, retry());

    transport.socket.open().frame('a;b');
    transport.socket.frame('c;');
    transport.socket.frame('cut o');
    transport.socket.closed();
    transport.socket.open().frame('d;');

    expect(messages).toEqual(['codec 1: a;', 'codec 1: bc;', 'codec 1: ', 'codec 2: d;']);
    expect(count()).toBe(2);
  });

  it('is asked once for what waits and for the connection that it waits for, whatever attempts fail meanwhile', () => {
    const { make, count } = codecs();
    const { feed, transport } = connect(make, retry());
    feed.messages.next('early');

    transport.socket.closed();
    transport.socket.closed();
    transport.socket.open();
    feed.messages.next('now');

    expect(transport.socket.calls).toEqual(['send codec 1: early', 'send codec 1: now']);
    expect(count()).toBe(1);
  });

  it('is asked for each run, and by what a link sends in its set-up', () => {
    const { make } = codecs();
    const { feed, transport } = connect(
      make,
      onOpen((link) => link.send('hello')),
    );
    transport.socket.open().closed();
    feed.messages.subscribe({ error: () => undefined });

    transport.socket.open();

    expect(transport.sockets.map(({ calls }) => calls)).toEqual([['send codec 1: hello'], ['send codec 2: hello']]);
  });

  it('makes another one for a connection that is made beside the open one, and each keeps its own', () => {
    const { make, count } = codecs();
    const { feed, transport, messages } = connect(make);
    const first = transport.socket.open();
    first.frame('a;b');

    feed.reconnect({ overlap: 60_000 });
    const second = transport.socket.open();
    second.frame('new;');
    first.frame('c;');
    feed.messages.next('to the new one');
    feed.reconnect({ overlap: 60_000 }); // ends the overlap

    expect(messages).toEqual(['codec 1: a;', 'codec 1: bc;', 'codec 2: new;']);
    expect(second.calls).toEqual(['send codec 2: to the new one']);
    expect(count()).toBe(2);
    void feed.close();
  });

  it('makes none anew where the connection that is made beside the open one fails', () => {
    const { make, count } = codecs();
    let opened = 0;
    const { feed, transport } = connect(
      make,
      onOpen(() => (opened++ ? throwError(() => new Error('no')) : EMPTY)),
    );
    const first = transport.socket.open();

    feed.reconnect({ overlap: 60_000 });
    transport.socket.open();
    feed.messages.next('to the old one');

    expect(first.calls).toEqual(['send codec 1: to the old one']);
    expect(count()).toBe(2);
    void feed.close();
  });

  it('may unsubscribe: then the connection is closed, and not set up', () => {
    const { make } = codecs();
    const transport = playedSockets();
    const feed = observeWebSocket({
      ...{ url: 'ws://test', transport },
      codec: () => {
        subscription.unsubscribe();
        return make();
      },
    });
    const subscription = feed.messages.subscribe();

    transport.socket.open();

    expect(transport.socket.calls).toEqual(['close 1000']);
    expect(feed.state.value.status).toBe('idle');
  });

  it.each<[string, () => Codec<string>]>([
    ['nothing', () => undefined as never],
    ['half a codec', () => ({ encode: String }) as never],
    ['a promise', () => Promise.resolve({ encode: String, decode: String }) as never],
  ])('that returns %s ends the run: it would return that again', (_, codec) => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport, codec }, retryWithBackoff({ delays: [1, 1] }));
    const error = vi.fn();
    feed.lifecycle.subscribe({ error });

    transport.socket.open();

    expect(error).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'HandshakeError', fatal: true }));
    expect(String(error.mock.calls[0]![0])).toContain('codec.');
    expect(transport.sockets).toEqual([expect.objectContaining({ isAlive: false })]);
  });

  it('fails the attempt where it throws, and the next one is made', () => {
    const codec = (): never => {
      throw new Error('no codec');
    };
    let isBroken = true;
    const { make } = codecs();
    const transport = playedSockets();
    const feed = observeWebSocket(
      { url: 'ws://test', transport, codec: () => (isBroken ? codec() : make()) },
      retryWithBackoff({ delays: [60_000] }),
    );
    const errors: unknown[] = [];
    feed.lifecycle.subscribe((event) => event.type === 'reconnecting' && errors.push(event.error));

    transport.socket.open();
    isBroken = false;
    feed.reconnect();
    transport.socket.open();

    expect(errors).toEqual([expect.objectContaining({ name: 'HandshakeError' })]);
    expect(String(errors[0])).toContain('codec');
    expect(transport.sockets[0]!.isAlive).toBe(false);
    expect(feed.state.value.status).toBe('open');
    void feed.close();
  });
});
