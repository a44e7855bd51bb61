import { inspect } from 'node:util';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { broken, connecting, failing, oneRetry, watch } from '../helpers/watch.js';

leavesNothingBehind();

const headers = { Authorization: 'Bearer token', Cookie: 'session=token', 'X-Api-Key': 'token' };
const withCredentials = (url: string) => url.replace('://', '://user:password@');

/** What the second server is told of a client that the first one sends there, and that follows. */
async function followed(
  request: (url: string) => Parameters<typeof observeWebSocket>[0],
): Promise<IncomingHttpHeaders> {
  const [first, second] = [await TestServer.start(), await TestServer.start()];
  first.refuse(307, { Location: second.url.replace('ws:', 'http:') });
  const feed = observeWebSocket(request(first.url), ...oneRetry());
  const seen = watch(feed);

  await seen.next('open');
  await feed.close();

  return second.requests[0]!.headers;
}

describe('a redirect', () => {
  it('is not followed: nothing reaches the other server, and nothing is retried', async () => {
    const [first, second] = [await TestServer.start(), await TestServer.start()];
    first.refuse(307, { Location: second.url });
    const seen = watch(observeWebSocket({ url: withCredentials(first.url), headers }, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'FatalCloseError', cause: { status: 307 } });
    expect(seen.events).toEqual([connecting(), failing(error!.cause), broken]);
    expect(second.requests).toEqual([]);
  });

  const transport = wsTransport({ followRedirects: true });

  it('that is followed to another host takes along no Authorization and no Cookie, but every other header', async () => {
    const told = await followed((url) => ({ url, headers, transport }));

    expect(told).not.toHaveProperty('authorization');
    expect(told).not.toHaveProperty('cookie');
    expect(told).toHaveProperty('x-api-key', 'token');
  });

  it('that is followed to another host takes along no credentials of the URL', async () => {
    const told = await followed((url) => ({ url: withCredentials(url), transport }));

    expect(told).not.toHaveProperty('authorization');
  });

  it('that is followed on the same host takes all of them along', async () => {
    const server = await TestServer.start();
    server.refuse(307, { Location: '/elsewhere' });
    const feed = observeWebSocket({ url: server.url, headers, transport }, ...oneRetry());
    const seen = watch(feed);

    await server.handshake();
    server.accept();
    await seen.next('open');
    await feed.close();

    expect(server.requests.at(-1)!.url).toBe('/elsewhere');
    expect(server.requests.at(-1)!.headers).toMatchObject({ authorization: 'Bearer token', cookie: 'session=token' });
  });

  it.each(['ws://[nonsense?token=secret', 'ftp://nowhere/?token=secret', '/elsewhere#secret'])(
    'that leads to what is no URL of a WebSocket is fatal, and quoted nowhere: %s',
    async (location) => {
      const server = await TestServer.start();
      server.refuse(307, { Location: location });
      const seen = watch(observeWebSocket({ url: server.url, transport }, ...oneRetry()));

      const error = await seen.end;

      expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
      expect(error!.message).toBe('The server redirected to an invalid URL.');
      expect(inspect(error, { depth: null }) + JSON.stringify(seen.events)).not.toContain('secret');
      expect(seen.events).toEqual([connecting(), failing(error), broken]);
    },
  );

  it('that leads in a circle is given up, and retried', async () => {
    const server = await TestServer.start();
    server.refuse(307, { Location: '/again' });
    const seen = watch(
      observeWebSocket({ url: server.url, transport: wsTransport({ followRedirects: true, maxRedirects: 2 }) }),
    );

    expect(await seen.end).toMatchObject({ fatal: false, message: 'Maximum redirects exceeded' });
    expect(server.requests).toHaveLength(3);
  });
});
