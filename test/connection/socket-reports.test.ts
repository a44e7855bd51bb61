import { NEVER, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HandshakeError, observeWebSocket, onOpen, retryWithBackoff } from '../../src/index.node.js';
import type { AttemptContext, Supervision, Transport, TransportSink, WebSocketConfig } from '../../src/index.node.js';
import type { TransportSocket } from '../../src/transport/transport.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { laterTask } from '../helpers/later-task.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';

/** A connection whose socket is played by hand, and has or does what `special` says. */
function connect(
  supervision: Supervision[] = [],
  special: (sink: TransportSink) => Partial<TransportSocket> = () => ({}),
  config: Partial<WebSocketConfig> = {},
) {
  const fake = fakeTransport();
  const transport = {
    ...{ canPause: true, canSetHeaders: true },
    open: (...[request, sink]: Parameters<typeof fake.open>) => Object.assign(fake.open(request, sink), special(sink)),
  };
  const feed = observeWebSocket({ url: 'ws://test', transport, ...config }, ...supervision);
  const log = record(feed.lifecycle, brief);
  return { feed, log, fake, calls: fake.calls };
}

const neverSetUp = onOpen(() => NEVER);

describe('A socket that is not open yet', () => {
  it('and breaks without an error fails the attempt with a sentence', () => {
    const { feed, fake } = connect();
    let failure: unknown;
    feed.lifecycle.subscribe({ error: (error: unknown) => (failure = error) });

    fake.sink.onClose(1006, '', false);

    expect(failure).toEqual(new HandshakeError('Cannot connect to ws://test: it broke before it opened'));
  });

  it('and reports an error as it is dropped has none emitted: its attempt is over', () => {
    inVirtualTime(({ flush }) => {
      const { log } = connect([], (sink) => ({ terminate: () => sink.onError(new Error('dropped')) }), {
        connectTimeout: 50,
      });

      flush();

      expect(log).toEqual(['0 connecting 1', '50 close 1006 local unclean', '50 # ConnectTimeoutError']);
    });
  });
});

describe('A refusal of which the rest is late', () => {
  const refused = { refusal: new HandshakeError('Cannot connect to ws://test: the server answered 503') };

  it('is what the attempt ends with at connectTimeout, by the peer', () => {
    inVirtualTime(({ flush }) => {
      const { log, calls } = connect([], () => refused, { connectTimeout: 50 });

      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '50 error HandshakeError',
        '50 close 1006 remote unclean',
        '50 # HandshakeError',
      ]);
      expect(calls).toEqual(['terminate']);
    });
  });

  it('ends an attempt once where a listener of its error closes the connection', () => {
    inVirtualTime(({ at, flush }) => {
      const contexts: AttemptContext[] = [];
      const url = (context: AttemptContext) => {
        contexts.push(context);
        return 'ws://test';
      };
      const { feed, log } = connect([], () => refused, { connectTimeout: 50, url });
      feed.events.subscribe((event) => event.type === 'error' && void feed.close());
      at(60, () => feed.lifecycle.subscribe({ error: () => undefined }));

      flush();

      expect(log).toEqual(['0 connecting 1', '50 error HandshakeError', '50 close 1006 local unclean', '50 |']);
      expect(contexts[1]).toEqual({ attempt: 1, failures: 1 });
    });
  });
});

describe('A socket that is closed while its connection is set up', () => {
  it('is closed with the first of two reports', () => {
    inVirtualTime(({ at, flush }) => {
      const { log, fake } = connect([neverSetUp]);
      at(1, () => fake.open());
      at(5, () => {
        fake.sink.onClose(4001, 'enough', true);
        fake.sink.onClose(1006, '', false);
      });

      flush();

      expect(log).toEqual(['0 connecting 1', '5 close 4001 enough remote', '5 # ConnectionClosedError']);
    });
  });

  it('ends with what the set-up makes of the last message, and with the code of the peer', async () => {
    const setUp = onOpen(async (link) => {
      const [answer] = await new Promise<unknown[]>((resolve) => link.messages.subscribe((it) => resolve([it])));
      throw new RangeError(String(answer));
    });
    const transport = playedSockets();
    const log = record(observeWebSocket({ url: 'ws://test', transport }, setUp).lifecycle, brief);

    transport.socket.open().say('no such user');
    transport.socket.closed(4001);
    await laterTask();

    expect(log.map((line) => line.replace(/^\d+ /, ''))).toEqual(['connecting 1', 'close 4001 remote', '# SetupError']);
  });

  it('is closed at once by close(), with its code, and no Close frame is sent', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, log, calls, fake } = connect([neverSetUp]);
      at(1, () => fake.open());
      at(5, () => {
        fake.sink.onClose(4001, '', true);
        void feed.close();
        expect(log.slice(1)).toEqual(['5 close 4001 local', '5 |']);
      });

      flush();

      expect(calls).toEqual([]);
    });
  });
});

describe('A socket that is closed', () => {
  it.each<[string, (sink: TransportSink) => void]>([
    ['a message', (sink) => sink.onMessage('1', 1)],
    ['a ping', (sink) => sink.onPing('')],
    ['a pong', (sink) => sink.onPong('')],
    ['an error', (sink) => sink.onError(new Error('late'))],
    ['a close', (sink) => sink.onClose(1000, '', true)],
  ])('has %s ignored that it still reports', (_what, report) => {
    inVirtualTime(({ at, flush }) => {
      const { feed, log, fake } = connect([retryWithBackoff({ delays: [10] })]);
      at(1, () => fake.open());
      at(5, () => fake.sink.onClose(1006, '', false));
      at(6, () => {
        const { length } = log;
        expect(() => report(fake.sink)).not.toThrow();
        expect(log).toHaveLength(length);
        expect(feed.stats.received).toBe(0);
      });
      at(9, () => void feed.close());

      flush();
    });
  });
});

describe('A closing handshake', () => {
  it('is begun once, though an unsubscribe follows the close()', () => {
    const transport = fakeTransport();
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const reader = feed.messages.subscribe();
    transport.open();

    void feed.close();
    reader.unsubscribe();

    expect(transport.calls).toEqual(['close 1000']);
  });

  it('that is not answered in time ends with the code that the socket reports as it is dropped', () => {
    inVirtualTime(({ at, flush }) => {
      const codec = { encode: String, decode: () => new Promise<string>(() => undefined) };
      const { feed, log, fake } = connect([], (sink) => ({ terminate: () => sink.onClose(4001, 'bye', false) }), {
        codec,
        closeTimeout: 50,
      });
      at(1, () => {
        fake.open();
        fake.sink.onMessage('never decoded', 13);
      });
      at(5, () => void feed.close());

      flush();

      expect(log).toEqual(['0 connecting 1', '1 open 1', '55 close 4001 bye local unclean', '55 |']);
    });
  });
});

describe('A close that is reported while a set-up works', () => {
  it.each(['local', 'remote'] as const)('is told as %s, also where the set-up fails right behind it', (initiator) => {
    inVirtualTime(({ at, flush }) => {
      const settingUp = new Subject<never>();
      let isWritable = true;
      const fake = fakeTransport();
      const readyState = { get: () => (isWritable ? 1 : 3) };
      const transport: Transport = {
        ...{ canPause: false, canSetHeaders: true },
        open: (request, sink) => Object.create(fake.open(request, sink), { readyState }) as TransportSocket,
      };
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        onOpen(() => settingUp),
      );
      const log = record(feed.lifecycle, brief);
      fake.open();

      at(1, () => {
        isWritable = false;
        fake.sink.onClose(1009, 'too long', false, initiator);
        settingUp.error(new RangeError('refused'));
      });
      flush();

      expect(log.slice(1)).toEqual([`1 close 1009 too long ${initiator} unclean`, '1 # SetupError']);
    });
  });
});
