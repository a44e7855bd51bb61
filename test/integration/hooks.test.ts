import type { ClientRequest } from 'node:http';
import { connect } from 'node:net';
import type { TcpNetConnectOpts } from 'node:net';
import { Subject, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff, WebSocketError } from '../../src/index.node.js';
import type { Transport, WebSocketConnection } from '../../src/index.node.js';
import { nativeTransport } from '../../src/transport/native.js';
import { wsTransport } from '../../src/transport/node.js';
import type { WsTransportOptions } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { selfSigned } from '../helpers/self-signed.js';
import { TestServer } from '../helpers/server.js';
import { broken, closedByUs, connecting, failing, givenUp, open, watch } from '../helpers/watch.js';

leavesNothingBehind();

type Hooked = (act: () => void) => Transport;

/** User functions that `ws` calls while it creates a socket. Each calls a function of the test first. */
const hooksOfWs: [string, Hooked][] = [
  [
    'finishRequest',
    (act) =>
      wsTransport({
        finishRequest(request) {
          act();
          request.end();
        },
      }),
  ],
  [
    'lookup',
    (act) =>
      wsTransport({
        lookup(_host, _options, answer) {
          act();
          answer(null, [{ address: '127.0.0.1', family: 4 }]);
        },
      }),
  ],
  [
    'createConnection',
    (act) =>
      wsTransport({
        createConnection: ((options: TcpNetConnectOpts) => {
          act();
          return connect(options);
        }) as unknown as NonNullable<WsTransportOptions['createConnection']>,
      }),
  ],
];

const hooks: [string, Hooked][] = [
  ...hooksOfWs,
  ['finishRequest that sends nothing', (act) => wsTransport({ finishRequest: () => act() })],
  [
    'create',
    (act) =>
      nativeTransport({
        create(url, protocols) {
          act();
          return new WebSocket(url, protocols);
        },
      }),
  ],
];

/** A server, with a URL that calls the hook. An IP address would not be looked up. */
async function startServer(hook: string) {
  const server = await TestServer.start();
  const url = hook === 'lookup' ? server.url.replace('127.0.0.1', 'localhost') : server.url;
  /** Waits until all earlier attempts have arrived at the server, so that leftovers are visible. */
  const settles = async () => {
    const feed = observeWebSocket(server.url);
    await watch(feed).next('open');
    await feed.close();
  };
  return { url, settles };
}

describe.each(hooks)('Inside %s', (hook, transportThat) => {
  it('the connection may be closed, and nothing of it is left', async () => {
    const { url, settles } = await startServer(hook);
    let closed: Promise<void> | undefined;
    const feed: WebSocketConnection = observeWebSocket({
      url,
      transport: transportThat(() => {
        closed = feed.close();
      }),
    });
    const seen = watch(feed);

    expect(await seen.end).toBeUndefined();
    await closed;
    expect(seen.events).toEqual([connecting(), givenUp]);
    expect(feed.state.value).toMatchObject({ status: 'closed' });
    await settles();
  });

  it('the last subscriber may unsubscribe, and nothing is left', async () => {
    const { url, settles } = await startServer(hook);
    const enough = new Subject<void>();
    const feed = observeWebSocket({ url, transport: transportThat(() => enough.next()) });
    const types: string[] = [];

    feed.lifecycle.pipe(takeUntil(enough)).subscribe(({ type }) => types.push(type));

    expect(types).toEqual(['connecting']);
    expect(feed.state.value).toEqual({ status: 'idle' });
    await settles();
  });

  it('the connection may be closed before an error is thrown', async () => {
    const { url, settles } = await startServer(hook);
    const feed: WebSocketConnection = observeWebSocket({
      url,
      transport: transportThat(() => {
        void feed.close();
        throw new Error('after all');
      }),
    });
    const seen = watch(feed);

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), givenUp]);
    await settles();
  });
});

describe('A finishRequest that takes its time', () => {
  it('fails the attempt where it rejects', async () => {
    const { url } = await startServer('finishRequest');
    const error = new Error('no token yet');
    const rejecting: (...request: unknown[]) => unknown = () => Promise.reject(error);
    const transport = wsTransport({ finishRequest: rejecting });
    const seen = watch(observeWebSocket({ url, transport }));

    expect(await seen.end).toMatchObject({ name: 'HandshakeError', message: 'no token yet', cause: error });
  });

  it('sends the request when it is done', async () => {
    const { url } = await startServer('finishRequest');
    const finishRequest = (async (request: ClientRequest) => {
      await Promise.resolve();
      request.end();
    }) as NonNullable<WsTransportOptions['finishRequest']>;
    const feed = observeWebSocket({ url, transport: wsTransport({ finishRequest }) });
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();
  });
});

describe.each(hooksOfWs)('An error that %s throws', (hook, transportThat) => {
  it('fails the attempt, which is retried, and nothing of it is left', async () => {
    const { url } = await startServer(hook);
    const error = new Error('no token yet');
    let calls = 0;
    const transport = transportThat(() => {
      if (++calls === 1) throw error;
    });
    const feed = observeWebSocket({ url, transport }, retryWithBackoff({ delays: [0] }));
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    const refused = { name: 'HandshakeError', fatal: false, message: 'no token yet', cause: error };
    expect(seen.events).toEqual([
      connecting(1),
      failing(expect.objectContaining(refused)),
      broken,
      expect.objectContaining({ type: 'reconnecting' }),
      connecting(2),
      { ...open(2), url },
      closedByUs(),
    ]);
  });

  it('decides if and when there is a retry', async () => {
    const { url, settles } = await startServer(hook);
    const error = new WebSocketError('banned', { fatal: true, retryAfter: 70 });
    const transport = transportThat(() => {
      throw error;
    });

    const seen = watch(observeWebSocket({ url, transport }, retryWithBackoff()));

    expect(await seen.end).toMatchObject({ name: 'HandshakeError', fatal: true, retryAfter: 70, cause: error });
    await settles();
  });

  it.each(['no token', null, { message: 'no token' }, Object.assign(new Error(''), { code: 'EPIPE' })])(
    'may be %o',
    async (thrown) => {
      const { url, settles } = await startServer(hook);
      const transport = transportThat(() => {
        throw thrown;
      });

      const seen = watch(observeWebSocket({ url, transport }));

      expect(await seen.end).toMatchObject({
        name: 'HandshakeError',
        fatal: false,
        message: expect.stringMatching(/no token|null|EPIPE/) as string,
      });
      await settles();
    },
  );
});

it('A checkServerIdentity that throws refuses the server, and does not end the process', async () => {
  const server = await TestServer.start({ tls: selfSigned });
  const transport = wsTransport({
    ca: selfSigned.cert,
    checkServerIdentity: () => {
      throw new Error('not the pinned key');
    },
  });
  const seen = watch(observeWebSocket({ url: server.url, transport }));

  const error = await seen.end;

  expect(error).toMatchObject({ name: 'HandshakeError' });
  expect(error!.message).toContain('not the pinned key');
  expect(seen.events).toEqual([connecting(), failing(error), broken]);
});
