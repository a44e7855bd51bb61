import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { WebSocketConfig } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { oneRetry, watch } from '../helpers/watch.js';

leavesNothingBehind();

const INJECTED = 'x\r\nX-Injected: token';

describe('A line break from a factory', () => {
  it.each<[where: string, part: Partial<WebSocketConfig>]>([
    ["a header's value", { headers: () => Promise.resolve({ 'X-Header': INJECTED }) }],
    [
      "a header's value, after a bare line feed",
      { headers: () => Promise.resolve({ 'X-Header': 'x\nX-Injected: token' }) },
    ],
    ["a header's name", { headers: () => Promise.resolve({ [INJECTED]: 'x' }) }],
    ['a subprotocol', { protocols: () => Promise.resolve(['v1', INJECTED]) }],
  ])('in %s fails the attempt, is fatal, and nothing is sent', async (_, part) => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, ...part }, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
    expect(error!.message).toContain(`Cannot connect to ${server.url}`);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['the path', '/path\r\nX-Injected: token'],
    ['the query', '/?query=\r\nX-Injected: token'],
    ['the query, encoded', '/?query=%0d%0aX-Injected:%20token'],
    ['the credentials, encoded', 'user:%0d%0aX-Injected:%20token@'],
  ])('in %s of the URL adds no header', async (_, text) => {
    const server = await TestServer.start();
    const url = text.endsWith('@') ? server.url.replace('://', `://${text}`) : server.url + text;
    const feed = observeWebSocket({ url: () => url }, ...oneRetry());
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    expect(server.requests[0]!.headers).not.toHaveProperty('x-injected');
    expect(server.requests[0]!.rawHeaders.filter((text) => /[\r\n]/.test(text))).toEqual([]);
  });
});

describe('A header value that may not be sent', () => {
  it('is not quoted, because it is often a secret', async () => {
    const server = await TestServer.start();
    const headers = () => Promise.resolve({ Authorization: `Bearer ${INJECTED}` });
    const seen = watch(observeWebSocket({ url: server.url, headers }));

    const error = await seen.end;

    expect(error!.message).toContain('Authorization');
    expect(error!.message).not.toContain('token');
  });
});
