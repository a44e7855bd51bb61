import { inspect } from 'node:util';
import { Agent } from 'node:http';
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

/** The headers that the second server gets when the client follows a redirect of the first one. */
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

describe('A redirect', () => {
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

  it('to another host is followed without Authorization and Cookie, but with every other header', async () => {
    const request = await followed((url) => ({ url, headers, transport }));

    expect(request).not.toHaveProperty('authorization');
    expect(request).not.toHaveProperty('cookie');
    expect(request).toHaveProperty('x-api-key', 'token');
  });

  it('to another host is followed without the credentials of the URL', async () => {
    const request = await followed((url) => ({ url: withCredentials(url), transport }));

    expect(request).not.toHaveProperty('authorization');
  });

  it('on the same host is followed with all of them', async () => {
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
    'to an invalid URL is fatal, and not quoted: %s',
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

  it('that is circular ends after some hops, and is retried', async () => {
    const server = await TestServer.start();
    server.refuse(307, { Location: '/again' });
    const seen = watch(
      observeWebSocket({ url: server.url, transport: wsTransport({ followRedirects: true, maxRedirects: 2 }) }),
    );

    expect(await seen.end).toMatchObject({ fatal: false, message: 'Maximum redirects exceeded' });
    expect(server.requests).toHaveLength(3);
  });
});

describe('A redirect to what cannot be requested', () => {
  it.each<[string, string, ConstructorParameters<typeof Agent>[0]]>([
    ['a scheme that the agent does not speak', 'https://127.0.0.1:1/', { keepAlive: true }],
    ['a path that no request can have', 'ws+unix:x:/a b', undefined],
  ])('ends the attempt, and not the process: %s', async (_, location, agent) => {
    const server = await TestServer.start();
    server.refuse(302, { Location: location });
    const transport = wsTransport({ followRedirects: true, ...(agent && { agent: new Agent(agent) }) });
    const seen = watch(observeWebSocket({ url: server.url, transport }, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
    expect(error!.message).toMatch(/redirected to what cannot be requested \(ERR_\w+\)/);
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
  });

  it('has finishRequest asked for each request', async () => {
    const [first, second] = [await TestServer.start(), await TestServer.start()];
    first.refuse(307, { Location: second.url.replace('ws:', 'http:') });
    const asked: (string | undefined)[] = [];
    const transport = wsTransport({
      followRedirects: true,
      finishRequest(request) {
        asked.push(request.getHeader('host')?.toString());
        request.end();
      },
    });
    const feed = observeWebSocket({ url: first.url, transport });
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    expect(asked).toEqual([`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`]);
  });
});
