import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:net';
import type { AddressInfo, LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isHandshakeError, observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../../src/index.node.js';
import type { LifecycleEvent, WebSocketConfig } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';
import { describeError } from './clients/rxwire.js';
import { buildsTheClient, endOf, harmed } from './processes/harmed.js';
import { canHappen, command } from './servers/command.js';

const v4 = (address: string): LookupAddress => ({ address, family: 4 });
const v6 = (address: string): LookupAddress => ({ address, family: 6 });

/** Answers with the next addresses at each attempt, and with the last ones from then on. An error is none. */
function resolver(...answers: readonly (readonly LookupAddress[] | string)[]) {
  const asked: string[] = [];
  const lookup: LookupFunction = (host, { all }, answer) => {
    const found = answers[Math.min(asked.push(host), answers.length) - 1]!;
    if (typeof found === 'string') answer(Object.assign(new Error(`getaddrinfo ${found}`), { code: found }), '');
    else if (all) answer(null, [...found]);
    else answer(null, found[0]!.address, found[0]!.family);
  };
  return { asked, lookup };
}

/** A connection by a name, which is looked up by the resolver given. */
function dial(port: number, lookup: LookupFunction, options: Partial<WebSocketConfig> = {}, delays = [0, 0, 0]) {
  const url = `ws://feed.example:${port}`;
  const transport = wsTransport({ lookup });
  const feed = observeWebSocket({ url, transport, ...options }, stopOnFatalClose(), retryWithBackoff({ delays }));
  return { feed, ...watch(feed) };
}

const errorsOf = (events: readonly LifecycleEvent[]) =>
  events.flatMap((event) => (event.type === 'reconnecting' ? [describeError(event.error)] : []));

const types = (events: readonly LifecycleEvent[]) => events.map(({ type }) => type);

const failure = ['connecting', 'error', 'close'];

describe('A name that has other addresses at each attempt', () => {
  leavesNothingBehind();

  it('is looked up for each attempt, and the first address that lives is connected to', async () => {
    const server = await TestServer.start();
    const { asked, lookup } = resolver('ENOTFOUND', [v4('127.0.0.2')], 'EAI_AGAIN', [v4('127.0.0.1')]);

    const { feed, events, next, end } = dial(server.port, lookup);
    await next('open');
    await feed.close();

    expect(await end).toBeUndefined();
    expect(asked).toEqual(Array(4).fill('feed.example'));
    expect(errorsOf(events)).toEqual([
      'HandshakeError ENOTFOUND',
      'HandshakeError ECONNREFUSED',
      'HandshakeError EAI_AGAIN',
    ]);
    expect(types(events)).toEqual([
      ...[1, 2, 3].flatMap(() => [...failure, 'reconnecting']),
      ...['connecting', 'open', 'close'],
    ]);
  });
});

const inMountNamespace = canHappen({ programs: ['unshare', 'mount'], asRoot: true });

describe.runIf(inMountNamespace)('A name whose line in the hosts file changes', () => {
  buildsTheClient();

  it('leads to the new server, once the old one is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rxwire-hosts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const hosts = join(folder, 'hosts');
    const pointTo = (address: string) => writeFileSync(hosts, `${address} feed.example\n`);
    pointTo('127.0.0.1');
    const script = `mount --bind ${hosts} /etc/hosts && exec "$@"`;
    const { server, client } = await harmed(['unshare', '--mount', 'sh', '-c', script, 'sh'], {}, 'feed.example');
    await client.next('open');

    await server.restart({ host: '127.0.0.2' });
    await client.next('reconnecting', 2);
    pointTo('127.0.0.2');
    await client.next('open', 2);
    const { losses } = await endOf(client, server);

    expect(losses[0]).toBe('ConnectionClosedError 1006');
    expect(new Set(losses.slice(1))).toEqual(new Set(['HandshakeError ECONNREFUSED']));
  });
});

describe('A name with an address of IPv6 that is dead and one of IPv4 that lives', () => {
  leavesNothingBehind();

  it('connects without a failed attempt where the dead one refuses', async () => {
    const server = await TestServer.start();
    const { asked, lookup } = resolver([v6('::1'), v4('127.0.0.1')]);

    const { feed, events, next } = dial(server.port, lookup);
    await next('open');
    await feed.close();

    expect(types(events)).toEqual(['connecting', 'open', 'close']);
    expect(asked).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('is one failed attempt with one error where both refuse, which names both', async () => {
    const port = await unusedPort();
    const { lookup } = resolver([v6('::1'), v4('127.0.0.1')]);

    const { events, end } = dial(port, lookup, {}, []);
    const error = await end;

    expect(types(events)).toEqual(failure);
    expect(isHandshakeError(error)).toBe(true);
    expect(error!.message).toBe(`connect ECONNREFUSED ::1:${port}; connect ECONNREFUSED 127.0.0.1:${port}`);
    expect((error!.cause as AggregateError).errors).toHaveLength(2);
  });
});

describe.runIf(canHappen({ programs: ['ip'], asRoot: true }))('A name with an address that is silent', () => {
  /** Nobody is there, and nobody says so for a second and more. */
  const SILENT = v6('fd12:7278:7769:7265::2');

  leavesNothingBehind();

  /** A cable that ends in nothing. */
  async function layCable(): Promise<void> {
    const cable = `rxv6${process.pid % 100_000}`;
    await command(`ip link add ${cable} type veth peer name ${cable}b`);
    onTestFinished(() => command(`ip link del ${cable}`));
    await command(`ip link set ${cable} up`);
    await command(`ip link set ${cable}b up`);
    await command(`ip -6 addr add fd12:7278:7769:7265::1/64 dev ${cable} nodad`);
  }

  it('connects to the one that lives, before connectTimeout and without a failed attempt', async () => {
    await layCable();
    const server = await TestServer.start();
    const { lookup } = resolver([SILENT, v4('127.0.0.1')]);

    const { feed, events, next } = dial(server.port, lookup, { connectTimeout: 2500 });
    await next('open');
    await feed.close();

    expect(types(events)).toEqual(['connecting', 'open', 'close']);
  });

  it('is given up after connectTimeout where it is the only one', async () => {
    await layCable();
    const { lookup } = resolver([SILENT]);

    const { events, end } = dial(443, lookup, { connectTimeout: 500 }, []);

    expect(describeError((await end)!)).toBe('ConnectTimeoutError');
    expect(types(events)).toEqual(['connecting', 'close']); // the transport has reported nothing
  });

  it('fails with an error that names both where the other one refuses', async () => {
    await layCable();
    const port = await unusedPort();
    const { lookup } = resolver([SILENT, v4('127.0.0.1')]);

    const { events, end } = dial(port, lookup, { connectTimeout: 2500 }, []);
    const error = (await end)!;

    expect(types(events)).toEqual(failure);
    expect(isHandshakeError(error)).toBe(true);
    expect(error.message).toBe(`connect ETIMEDOUT ${SILENT.address}:${port}; connect ECONNREFUSED 127.0.0.1:${port}`);
  });
});

/** A port of both families at which nobody listens; it was free a moment ago. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '::', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
