import { Agent } from 'node:https';
import { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';
import { describeError } from './clients/rxwire.js';
import { canHappen } from './servers/command.js';
import { identity } from './tls.js';

/** Certificates with the same subject are the same one to those who look for the one to trust. */
const RENEWED = 'IP:127.0.0.1,DNS:renewed.example';

/** A secure server that can be started again on its port, and a client that keeps sessions of TLS. */
async function kept(tls: NonNullable<Parameters<typeof TestServer.start>[0]>['tls'], ca: readonly string[]) {
  let server = await TestServer.start({ tls: tls! });
  const { port } = server;
  const agent = new Agent({ maxCachedSessions: 10 });
  const feed = observeWebSocket(
    { url: server.url, transport: wsTransport({ agent, ca: [...ca] }) },
    heartbeat(),
    stopOnFatalClose(),
    retryWithBackoff({ initialDelay: 50, factor: 1, jitter: 'none' }),
  );
  const watched = watch(feed);
  onTestFinished(async () => {
    watched.leave();
    agent.destroy();
    await server.stop();
  });
  return {
    ...watched,
    feed,
    /** Ends all connections. */
    drop: () => server.drop(),
    /** Shows another certificate to those who connect from now on. */
    renew: (next: { readonly key: string; readonly cert: string }) => server.renew(next),
    /** Its process is another one, which cannot read the tickets of the one before unless they share the keys. */
    async restart(next: typeof tls) {
      await server.stop();
      server = await TestServer.start({ tls: next!, port });
    },
    /** Whether the newest connection has resumed the session of an earlier one. */
    isResumed: () => {
      const { socket } = server.requests.at(-1)!;
      return socket instanceof TLSSocket && socket.isSessionReused();
    },
    /** A message that arrives proves that tickets have arrived before. */
    async exchange() {
      const before = watched.messages.length;
      server.peers.at(-1)!.sendJson('a ticket was sent before');
      await expect.poll(() => watched.messages.length).toBe(before + 1);
    },
  };
}

const types = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

describe.runIf(canHappen({ programs: ['openssl'] }))('A client that resumes sessions of TLS', () => {
  it('resumes one where the server still has its keys', async () => {
    const good = await identity();
    const client = await kept(good, [good.cert]);
    await client.next('open');
    await client.exchange();
    expect(client.isResumed()).toBe(false);

    client.drop();
    await client.next('open', 2);

    expect(client.isResumed()).toBe(true);
    await client.exchange();
    await client.feed.close();
    expect(await client.end).toBeUndefined();
  });

  it('makes a full handshake where the server has restarted and cannot read the ticket: no attempt fails', async () => {
    const good = await identity();
    const client = await kept(good, [good.cert]);
    await client.next('open');
    await client.exchange();

    await client.restart(good);
    await client.next('open', 2);

    expect(client.isResumed()).toBe(false);
    await client.exchange();
    await client.feed.close();
    const [lost, ...refused] = client.events.flatMap((event) =>
      event.type === 'reconnecting' ? [describeError(event.error)] : [],
    );
    expect(lost).toBe('ConnectionClosedError 1006');
    for (const error of refused) expect(error).toBe('HandshakeError ECONNREFUSED'); // it was not there yet
  });

  it.each([
    ['after a restart', true],
    ['of a server that goes on', false],
  ])('accepts a renewed certificate %s, if it is trusted', async (_, isRestarted) => {
    const [old, renewed] = await Promise.all([identity(), identity({ address: RENEWED })]);
    const client = await kept(old, [old.cert, renewed.cert]);
    await client.next('open');
    await client.exchange();

    if (isRestarted) await client.restart(renewed);
    else client.renew(renewed);
    client.drop();
    await client.next('open', 2);
    await client.exchange();
    await client.feed.close();

    expect(await client.end).toBeUndefined();
    expect(types(client.events).slice(-3)).toEqual(['connecting', 'open', 'close']);
  });

  it('is refused for good by a renewed certificate that it does not trust, though it has a session', async () => {
    const [old, renewed] = await Promise.all([identity(), identity({ address: RENEWED })]);
    const client = await kept(old, [old.cert]);
    await client.next('open');
    await client.exchange();

    await client.restart(renewed);

    expect(describeError((await client.end)!)).toBe('HandshakeError DEPTH_ZERO_SELF_SIGNED_CERT (fatal)');
    expect(types(client.events).slice(-3)).toEqual(['connecting', 'error', 'close']);
    expect(client.feed.state.value.status).toBe('failed');
  });
});
