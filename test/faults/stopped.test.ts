import { lastValueFrom, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { CountingServer } from './servers/counting-server.js';
import { buildsTheClient, endOf, harmed, isLong } from './processes/harmed.js';

/** How long the client is stopped, in milliseconds. */
const STOP = isLong ? 60_000 : 4000;

/** Together less than the stop. */
const heartbeat = { interval: STOP / 12, timeout: STOP / 2 };

/** A busy machine is late. */
const SLACK = 2000;

const pass = (milliseconds: number) => lastValueFrom(timer(milliseconds), { defaultValue: 0 });

/** Lets a ping of the client wait for its answer, which the server gives as soon as it reads on. Nothing else arrives. */
async function unanswered({ newest }: CountingServer, interval: number): Promise<{ readOn(): void }> {
  newest.fallSilent();
  newest.peer.stopReading();
  await pass(1.5 * interval);
  return newest.peer;
}

describe('A client whose event loop is blocked for 5 s', () => {
  buildsTheClient();

  it('does not give a healthy peer up, though the answer to a ping was overdue meanwhile', async () => {
    const { server, client } = await harmed([], { heartbeat: { interval: 500, timeout: 3000 } });
    await client.next('heartbeat', 2);
    const peer = await unanswered(server, 500);

    client.order({ name: 'block', milliseconds: 5000 });
    await pass(1000); // it is blocked
    peer.readOn();
    await client.next('heartbeat', 5);

    expect((await endOf(client, server)).losses).toEqual([]);
  });
});

describe(`A client that is stopped for ${STOP / 1000} s (SIGSTOP)`, { timeout: 3 * STOP + 60_000 }, () => {
  buildsTheClient();

  it('goes on with a server that has waited', async () => {
    const { server, client } = await harmed([], { heartbeat });
    await client.next('heartbeat', 2);
    const peer = await unanswered(server, heartbeat.interval);

    client.freeze();
    peer.readOn();
    await pass(STOP);
    client.thaw();
    await client.next('heartbeat', 5);

    expect((await endOf(client, server)).losses).toEqual([]);
  });

  it('notices at once that the server has given it up meanwhile, and connects again', async () => {
    const { server, client } = await harmed([], { heartbeat });
    await client.next('heartbeat', 2);

    client.freeze();
    server.server.drop();
    await pass(STOP);
    const thawed = performance.now();
    client.thaw();
    const { at } = await client.next('open', 2);

    expect(at - thawed).toBeLessThan(SLACK);
    expect((await endOf(client, server)).losses).toEqual(['ConnectionClosedError 1006']);
  });

  it('finds a peer that has died meanwhile in the time of one ping, and connects again', async () => {
    const { server, client } = await harmed([], { heartbeat });
    await client.next('heartbeat', 2);

    client.freeze();
    server.newest.fallSilent();
    server.newest.peer.fallSilent();
    await pass(STOP);
    const thawed = performance.now();
    client.thaw();
    const { at } = await client.next('close');
    await client.next('open', 2);

    expect(at - thawed).toBeLessThan(heartbeat.interval + heartbeat.timeout + SLACK);
    expect((await endOf(client, server)).losses).toEqual(['HeartbeatTimeoutError']);
  });
});
