import { retry, Subscriber } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  binary,
  isMessageDroppedError,
  observeWebSocket,
  ofType,
  requestResponse,
  several,
} from '../../src/index.node.js';
import type { Link, Supervision, WebSocketConfig } from '../../src/index.node.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { playedSockets } from '../helpers/played-sockets.js';

/** An open connection over a socket that is played by hand, and its link. */
function connect(config: Partial<WebSocketConfig> = {}, ...supervision: Supervision[]) {
  const transport = fakeTransport({ canPing: true });
  const feed = observeWebSocket({ url: 'ws://test', transport, ...config }, ...supervision);
  const messages: unknown[] = [];
  feed.messages.subscribe({ next: (message) => messages.push(message), error: () => undefined });
  transport.open();
  transport.calls.length = 0;
  return { feed, transport, calls: transport.calls, messages, link: feed.link as Link };
}

/** Who is called though he has unsubscribed notices it. */
class Notified extends Subscriber<unknown> {
  times = 0;

  override next(): void {
    this.times++;
  }

  static make(): Notified {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- RxJS puts no other Subscriber around it
    return new Notified();
  }
}

describe('A link', () => {
  it('knows how many bytes were sent and received, and how many have left', () => {
    const fake = fakeTransport();
    const counts = { receivedBytes: 12, flushedBytes: 3 };
    const transport = {
      ...{ canPause: true, canSetHeaders: true },
      open: (...handshake: Parameters<typeof fake.open>) => Object.assign(fake.open(...handshake), counts),
    };
    const feed = observeWebSocket({ url: 'ws://test', transport });
    feed.messages.subscribe();
    fake.open();

    feed.messages.next('abc');
    feed.link!.sendRaw('de');

    expect(feed.link!.sentBytes).toBe('"abc"'.length + 'de'.length);
    expect(feed.link!.receivedBytes).toBe(12);
    expect(feed.link!.flushedBytes).toBe(3);
  });

  it('counts what it receives: messages, pings and pongs', () => {
    const { link, transport } = connect();

    transport.sink.onMessage('1', 1);
    transport.sink.onPing('');
    transport.sink.onPong('');

    expect(link.received).toBe(3);
  });

  it('sends nothing where the codec refuses a message, and that is reported', () => {
    const codec = { encode: () => undefined as never, decode: String };
    const { link, feed, calls } = connect({ codec });
    const dropped: unknown[] = [];
    feed.lifecycle.pipe(ofType('dropped')).subscribe((event) => dropped.push(event.reason, event.error?.message));

    link.send('a');

    expect(calls).toEqual([]);
    expect(dropped).toEqual(['unserializable', 'A message could not be encoded: the codec made undefined of it']);
  });

  it('sends bytes of any view as they are', () => {
    const { link, calls } = connect({ codec: binary() as never });

    link.sendRaw(new DataView(Uint8Array.of(0, 1, 2, 3).buffer, 1, 2) as never);
    link.sendRaw('text');

    expect(calls).toEqual(['send 1,2', 'send text']);
  });

  it.each([undefined, null, 1, {}, new ArrayBuffer(1)])(
    'reports what is neither text nor bytes, and sends nothing: %s',
    (frame) => {
      const { feed, link, calls } = connect();
      const dropped: unknown[] = [];
      feed.lifecycle.pipe(ofType('dropped')).subscribe((event) => dropped.push(event.reason, event.error?.message));

      link.sendRaw(frame as never);

      expect(calls).toEqual([]);
      expect(dropped[0]).toBe('unserializable');
      expect(dropped[1]).toContain('a frame is text or bytes, not ');
      expect(feed.stats).toMatchObject({ sent: 0, dropped: 1 });
    },
  );

  it('has a request dropped that is sent during the closing handshake', () => {
    const { link, feed } = connect();
    const request = requestResponse<unknown, unknown, number>(link, { idOf: () => undefined });
    const failed = vi.fn();
    void feed.close();

    request(1, 'late').subscribe({ error: failed });

    expect(isMessageDroppedError(failed.mock.calls[0]![0])).toBe(true);
  });

  it('is not paused during the closing handshake: the answer would not be seen', () => {
    const { feed, calls } = connect();
    void feed.close();

    feed.pause();

    expect(calls).toEqual(['close 1000']);
  });

  it('has who unsubscribes from its pongs not called any more', () => {
    const { link, transport } = connect();
    const notified = Notified.make();
    link.pongs.subscribe(notified);
    transport.sink.onPong('');
    notified.unsubscribe();

    transport.sink.onPong('');

    expect(notified.times).toBe(1);
  });
});

describe('The state of a connection', () => {
  it('has who unsubscribes from it not called any more', () => {
    const { feed } = connect();
    const notified = Notified.make();
    feed.state.subscribe(notified);
    notified.unsubscribe();

    void feed.close();

    expect(notified.times).toBe(1);
  });
});

describe('The headers of an `open`', () => {
  it('are those of the answer, and not shown in a log', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const shown: string[] = [];
    const headers: unknown[] = [];
    feed.lifecycle.pipe(ofType('open')).subscribe((open) => {
      headers.push(open.headers);
      shown.push(JSON.stringify(open));
    });

    transport.socket.open({ server: 'me', 'set-cookie': ['secret'] });

    expect(headers).toEqual([{ server: 'me', 'set-cookie': ['secret'] }]);
    expect(shown).toEqual([expect.not.stringContaining('secret')]);
  });
});

describe('A connection that a message ends', () => {
  it('delivers no message of which a look has thrown, though the run goes on', () => {
    const { link, transport, messages } = connect({}, retry());
    link.intercept(() => {
      throw new Error('odd');
    });

    transport.sink.onMessage('"a"', 3);

    expect(messages).toEqual([]);
  });

  it('delivers nothing behind it of the same frame, though the run goes on', () => {
    const codec = { encode: String, decode: (data: string | Uint8Array) => several(String(data).split(',')) };
    const { link, feed, transport, messages } = connect({ codec: codec as never }, retry());
    feed.messages.subscribe((message) => message === 'b' && link.terminate(new Error('enough')));

    transport.sink.onMessage('a,b,c', 5);

    expect(messages).toEqual(['a', 'b']);
  });
});
