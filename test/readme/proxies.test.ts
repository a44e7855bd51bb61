import * as agents from 'https-proxy-agent';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { Supervision, WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';
import * as node from '../../src/transport/node.js';
import { startProxy } from '../cli/proxy.js';
import { selfSigned } from '../helpers/self-signed.js';
import { TestServer } from '../helpers/server.js';
import { blockOf, runBlock } from './run-block.js';

const page = (part: string) => blockOf('docs/proxies-and-tls.md', part);

/** Runs a block that makes a feed, which connects to a test server. */
async function feedOf(part: string, url: string, globals: Record<string, unknown>, modules = {}) {
  const { feed } = (await runBlock(page(part), {
    globals: {
      observeWebSocket: (config: WebSocketConfig, ...supervision: Supervision[]) =>
        observeWebSocket({ ...config, url }, ...supervision),
      ...globals,
    },
    modules: { 'rxwire/node': node, 'https-proxy-agent': agents, ...modules },
    returned: ['feed'],
  })) as { feed: WebSocketConnection };
  onTestFinished(() => feed.close());
  return feed;
}

/** Subscribes, until the first message or the error. */
async function outcomeOf(feed: WebSocketConnection, server: TestServer): Promise<unknown> {
  const message = firstValueFrom(feed.messages);
  void server.peer().then((peer) => peer.send('"hello"'));
  return message;
}

describe('The page about proxies', () => {
  it('connects through the proxy of the environment', async () => {
    const server = await TestServer.start();
    const proxy = await startProxy('user:secret');
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:secret@') };

    const feed = await feedOf('HttpsProxyAgent(proxy)', server.url, { process: { env } });

    expect(await outcomeOf(feed, server)).toBe('hello');
    expect(proxy.tunnels).toEqual([new URL(server.url).host]);
  });

  it('connects without one where the environment has none', async () => {
    const server = await TestServer.start();

    const feed = await feedOf('HttpsProxyAgent(proxy)', server.url, { process: { env: {} } });

    expect(await outcomeOf(feed, server)).toBe('hello');
  });

  it('says that a proxy that wants other credentials is a final 407, without the password', async () => {
    const server = await TestServer.start();
    const proxy = await startProxy('user:other');
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:secret@') };
    const feed = await feedOf('HttpsProxyAgent(proxy)', server.url, { process: { env } });

    const error = await firstValueFrom(feed.messages).catch((thrown: unknown) => thrown as Error);

    expect(error).toMatchObject({ name: 'FatalCloseError', cause: { name: 'HandshakeError', status: 407 } });
    expect(`${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('secret');
  });

  it('shows who we are to a server that asks for it, and knows who signed the server’s certificate', async () => {
    const asking = { ...selfSigned, requestCert: true, rejectUnauthorized: false, ca: selfSigned.cert };
    const server = await TestServer.start({ tls: asking });
    const files: Record<string, string> = {
      'company-ca.pem': selfSigned.cert,
      'client.pem': selfSigned.cert,
      'client-key.pem': selfSigned.key,
    };

    const feed = await feedOf('company-ca.pem', server.url, {}, { 'node:fs': { readFileSync: (name: string) => files[name] } }); // prettier-ignore

    expect(await outcomeOf(feed, server)).toBe('hello');
    const socket = server.requests[0]!.socket as unknown as { getPeerCertificate(): { raw: Buffer } };
    expect(socket.getPeerCertificate().raw).toBeInstanceOf(Buffer);
  });

  it('says that a certificate that nobody vouches for is fatal', async () => {
    const server = await TestServer.start({ tls: selfSigned });
    const feed = observeWebSocket(server.url);

    await expect(firstValueFrom(feed.messages)).rejects.toMatchObject({ name: 'HandshakeError', fatal: true });
  });

  it('says that the options hold through a proxy', async () => {
    const server = await TestServer.start({ tls: selfSigned });
    const proxy = await startProxy();
    const agent = new agents.HttpsProxyAgent(proxy.url);
    const checkServerIdentity = () => false; // the agent gives no name for an address
    const feed = observeWebSocket({
      url: server.url,
      transport: node.wsTransport({ agent, ca: selfSigned.cert, checkServerIdentity }),
    });
    onTestFinished(() => feed.close());

    expect(await outcomeOf(feed, server)).toBe('hello');
    expect(proxy.tunnels).toHaveLength(1);
  });
});
