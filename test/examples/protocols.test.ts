import { readdirSync, readFileSync } from 'node:fs';
import { firstValueFrom, take, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { alpaca } from '../../examples/protocols/alpaca.js';
import { binance } from '../../examples/protocols/binance.js';
import { coinbase } from '../../examples/protocols/coinbase.js';
import { ethereum } from '../../examples/protocols/ethereum.js';
import { graphql } from '../../examples/protocols/graphql-transport-ws.js';
import { homeAssistant } from '../../examples/protocols/home-assistant.js';
import { nats } from '../../examples/protocols/nats.js';
import { okx } from '../../examples/protocols/okx.js';
import { phoenix } from '../../examples/protocols/phoenix.js';
import { pusher } from '../../examples/protocols/pusher.js';
import { SubscriptionError } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import type { Peer } from '../helpers/server.js';
import { ROOT } from '../readme/pages.js';
import { eventually } from '../helpers/eventually.js';

leavesNothingBehind();

/** A server that greets each client, and answers each of its messages; pings that are words by itself. */
async function serve(answer: (message: never, peer: Peer) => void, greet: (peer: Peer) => void = () => undefined) {
  const server = await TestServer.start();
  server.greet((peer) => {
    greet(peer);
    peer.onMessage((text) => (text === 'ping' ? peer.send('pong') : answer(JSON.parse(text) as never, peer)));
  });
  return server;
}

const first = <T>(stream: Observable<T>, count: number) => firstValueFrom(stream.pipe(take(count), toArray()));
const jsonOf = (peer: Peer) => peer.received.map((text) => JSON.parse(String(text)) as unknown);

describe('A client for', () => {
  it('Binance asks for many streams in one message, and its planned end loses nothing', async () => {
    const missed = vi.spyOn(console, 'warn');
    const next = new Map<string, number>();
    const count = (stream: string) => next.set(stream, (next.get(stream) ?? 0) + 1).get(stream);
    const server = await serve(({ id, method, params }: { id: number; method: string; params: string[] }, peer) => {
      peer.sendJson({ result: null, id });
      if (method === 'SUBSCRIBE')
        for (const stream of params) peer.sendJson({ stream, data: { t: count(stream), p: '1' } });
    });
    const { feed, trades } = binance(server.url, 20);

    const [btc, eth] = await Promise.all([first(trades('BTCUSDT'), 2), first(trades('ETHUSDT'), 2)]);

    expect([btc, eth].map((all) => all.map(({ p }) => p))).toEqual([['1', '1'], ['1', '1']]); // prettier-ignore
    expect(jsonOf(server.peers[0]!)[0]).toEqual({ method: 'SUBSCRIBE', params: ['btcusdt@trade', 'ethusdt@trade'], id: 1 }); // prettier-ignore
    expect(server.peers.length).toBeGreaterThan(1);
    expect(missed).not.toHaveBeenCalled();
    await feed.close();
  });

  it('OKX asks for a new snapshot where a change is missing, and takes no acknowledgement for a book', async () => {
    const changes = [[4, 5], [5, 5], [7, 8]]; // prettier-ignore
    const server = await serve(({ op, args }: { op: string; args: { instId: string }[] }, peer) => {
      for (const arg of args) {
        if (arg.instId === 'NONE') peer.sendJson({ event: 'error', arg, code: '60018', msg: 'no such instrument' });
        else peer.sendJson({ event: op, arg });
        if (op !== 'subscribe' || arg.instId === 'NONE') continue;
        peer.sendJson({ arg, action: 'snapshot', data: [{ prevSeqId: -1, seqId: 4, bids: [] }] });
        for (const [prevSeqId, seqId] of changes) peer.sendJson({ arg, action: 'update', data: [{ prevSeqId, seqId, bids: [] }] }); // prettier-ignore
      }
    });
    const { feed, book } = okx(server.url);

    const [updates] = await Promise.all([
      first(book('BTC-USDT'), 3),
      expect(firstValueFrom(book('NONE'))).rejects.toThrow(SubscriptionError),
    ]);

    expect(updates.map(({ action, data }) => `${action} ${data![0]!.seqId}`)).toEqual(['snapshot 4', 'update 5', 'snapshot 4']); // prettier-ignore
    await feed.close();
  });

  it('Coinbase knows which products an error is about, though it names none', async () => {
    const server = await serve(({ product_ids }: { product_ids: string[] }, peer) => {
      if (product_ids.includes('NO-NE')) {
        peer.sendJson({ type: 'error', message: 'Failed to subscribe', reason: 'NO-NE is not a valid product' });
        return;
      }
      peer.sendJson({ type: 'subscriptions', channels: [] });
      for (const trade_id of [1, 2, 2, 3]) for (const product_id of product_ids) peer.sendJson({ type: 'match', product_id, trade_id, price: '1' }); // prettier-ignore
    });
    const { feed, trades } = coinbase(server.url);

    const batch = await firstValueFrom(trades('BTC-USD'));
    const refusal = firstValueFrom(trades('NO-NE'));

    expect(batch).toHaveLength(3);
    await expect(refusal).rejects.toThrow('NO-NE is not a valid product');
    await feed.close();
  });

  it('Alpaca logs in, splits frames, and does not try a wrong key again', async () => {
    const server = await serve(
      ({ action, key, trades }: { action: string; key: string; trades: string[] }, peer) => {
        if (action === 'auth' && key !== 'key') peer.sendJson([{ T: 'error', code: 402, msg: 'auth failed' }]);
        if (action === 'auth' && key === 'key') peer.sendJson([{ T: 'success', msg: 'authenticated' }]);
        if (action !== 'subscribe') return;
        peer.sendJson([{ T: 'subscription', trades }, ...trades.map((S) => ({ T: 't', S, p: 1 }))]);
        peer.sendJson(trades.map((S) => ({ T: 't', S, p: 2 })));
      },
      (peer) => peer.sendJson([{ T: 'success', msg: 'connected' }]),
    );
    const { feed, trades } = alpaca('key', 'secret', server.url);

    expect(await Promise.all([first(trades('AAPL'), 2), first(trades('MSFT'), 2)])).toEqual(
      ['AAPL', 'MSFT'].map((S) => [1, 2].map((p) => ({ T: 't', S, p }))),
    );
    await feed.close();

    await expect(firstValueFrom(alpaca('wrong', 'secret', server.url).trades('AAPL'))).rejects.toThrow('auth failed');
    expect(server.peers).toHaveLength(2);
  });

  it('Home Assistant uses ids that rise, takes frames of several messages, and does not try a wrong token again', async () => {
    const ids: number[] = [];
    const server = await serve(
      ({ id, type, access_token }: { id?: number; type: string; access_token?: string }, peer) => {
        if (id !== undefined) ids.push(id);
        if (type === 'auth') peer.sendJson(access_token === 'token' ? { type: 'auth_ok' } : { type: 'auth_invalid', message: 'Invalid access token' }); // prettier-ignore
        const result = { id, type: 'result', success: true, result: ['on'] };
        if (type === 'get_states') peer.sendJson(result);
        const event = (data: number) => ({ id, type: 'event', event: { event_type: 'state_changed', data } });
        if (type === 'subscribe_events') peer.sendJson([result, event(1)], event(2));
        if (type === 'unsubscribe_events') peer.sendJson(result);
      },
      (peer) => peer.sendJson({ type: 'auth_required' }),
    );
    const { feed, events, states } = homeAssistant('token', server.url);

    const keep = feed.lifecycle.subscribe();
    expect(await first(events('state_changed'), 2)).toEqual([1, 2]);
    expect(await firstValueFrom(states())).toEqual(['on']);
    await eventually(() => expect(ids).toEqual([1, 2, 3, 4]));
    await feed.close();
    expect(keep.closed).toBe(true);

    await expect(firstValueFrom(homeAssistant('wrong', server.url).states())).rejects.toThrow('Invalid access token');
  });

  it('graphql-transport-ws shares a subscription, and ends with it', async () => {
    const server = await serve(
      ({ type, id, payload }: { type: string; id: string; payload: { query: string } }, peer) => {
        if (type === 'connection_init') peer.sendJson({ type: 'ping' }, { type: 'connection_ack' });
        if (type !== 'subscribe') return;
        if (payload.query === '{ no }') peer.sendJson({ type: 'error', id, payload: [{ message: 'no such field' }] });
      else peer.sendJson({ type: 'next', id, payload: { data: 1 } }, { type: 'next', id, payload: { data: 2 } }, { type: 'complete', id }); // prettier-ignore
      },
    );
    const { feed, query } = graphql(server.url);

    const count = query('subscription { count }').pipe(toArray());
    const results = await Promise.all([firstValueFrom(count), firstValueFrom(count), expect(firstValueFrom(query('{ no }'))).rejects.toThrow(SubscriptionError)]); // prettier-ignore

    expect(results.slice(0, 2)).toEqual([[{ data: 1 }, { data: 2 }], [{ data: 1 }, { data: 2 }]]); // prettier-ignore
    expect(jsonOf(server.peers[0]!).filter((message) => (message as { type: string }).type === 'subscribe')).toHaveLength(2); // prettier-ignore
    expect(jsonOf(server.peers[0]!)).toContainEqual({ type: 'pong' });
    await feed.close();
  });

  it('Ethereum leads notifications by the id that the server gave, and takes it back with that', async () => {
    const server = await serve(({ id, method, params }: { id: number; method: string; params: string[] }, peer) => {
      if (method === 'eth_blockNumber') peer.sendJson({ jsonrpc: '2.0', id, result: '0x10' });
      if (method === 'eth_no')
        peer.sendJson({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no such method' } });
      if (method === 'eth_unsubscribe') peer.sendJson({ jsonrpc: '2.0', id, result: true });
      if (method !== 'eth_subscribe') return;
      const subscription = `0x${params[0]}`;
      peer.sendJson({ jsonrpc: '2.0', id, result: subscription });
      for (const result of [1, 2]) peer.sendJson({ method: 'eth_subscription', params: { subscription, result } });
    });
    const { feed, subscribe, call } = ethereum(server.url);
    const keep = feed.lifecycle.subscribe();

    expect(await first(subscribe('newHeads'), 2)).toEqual([1, 2]);
    expect(await firstValueFrom(call('eth_blockNumber'))).toBe('0x10');
    await expect(firstValueFrom(call('eth_no'))).rejects.toThrow('no such method');

    const unsubscribed = { jsonrpc: '2.0', id: 1, method: 'eth_unsubscribe', params: ['0xnewHeads'] };
    await eventually(() => expect(jsonOf(server.peers[0]!)).toContainEqual(unsubscribed)); // in a turn of its own
    await feed.close();
    expect(keep.closed).toBe(true);
  });

  it('Pusher signs each private channel for the socket id of its connection', async () => {
    const greetings = ['1.1', '2.2'];
    const server = await serve(
      ({ event, data: { channel } }: { event: string; data: { channel: string } }, peer) => {
        if (event !== 'pusher:subscribe') return;
        if (channel === 'private-no') peer.sendJson({ event: 'pusher:subscription_error', channel, data: { status: 403 } });
        else peer.sendJson({ event: 'pusher_internal:subscription_succeeded', channel }, { event: 'said', channel, data: '"hi"' }); // prettier-ignore
      },
      (peer) => peer.sendJson({ event: 'pusher:connection_established', data: JSON.stringify({ socket_id: greetings.shift() }) }), // prettier-ignore
    );
    const { feed, channel } = pusher(server.url, (socketId, name) => Promise.resolve(`${socketId} signed ${name}`));
    const said: string[] = [];
    const reader = channel('private-a').subscribe(({ event }) => said.push(event));

    await eventually(() => expect(said).toEqual(['said']));
    await expect(firstValueFrom(channel('private-no'))).rejects.toThrow(SubscriptionError);
    feed.reconnect();
    await eventually(() => expect(said).toEqual(['said', 'said']));

    expect(server.peers.map((peer) => (jsonOf(peer)[0] as { data: { auth: string } }).data.auth)).toEqual(['1.1 signed private-a', '2.2 signed private-a']); // prettier-ignore
    reader.unsubscribe();
    await feed.close();
  });

  it('Phoenix joins topics, whose messages and replies are arrays', async () => {
    const server = await serve(([join, ref, topic, event]: string[], peer) => {
      const status = topic === 'room:no' ? 'error' : 'ok';
      peer.sendJson([join, ref, topic, 'phx_reply', { status, response: { reason: 'unauthorized' } }]);
      if (event !== 'phx_join' || status === 'error') return;
      peer.sendJson([join, null, topic, 'shout', { n: 1 }], [join, null, topic, 'presence_diff', {}], [join, null, topic, 'shout', { n: 2 }], [join, join, topic, 'phx_close', {}]); // prettier-ignore
    });
    const { feed, events } = phoenix(server.url);

    expect(await firstValueFrom(events('room:a', 'shout').pipe(toArray()))).toEqual([{ n: 1 }, { n: 2 }]);
    await expect(firstValueFrom(events('room:no', 'shout'))).rejects.toThrow(SubscriptionError);
    await feed.close();
  });

  it('Phoenix joins a topic again that was just left, though the end of the join before comes later', async () => {
    let late: unknown[][] = [];
    const server = await serve(([join, ref, topic, event]: string[], peer) => {
      const reply = [join, ref, topic, 'phx_reply', { status: 'ok', response: {} }];
      if (event === 'phx_leave') late = [reply, [join, join, topic, 'phx_close', {}]];
      else peer.sendJson(...late.splice(0), reply, [join, null, topic, 'shout', { join }]);
    });
    const { feed, events } = phoenix(server.url);
    const kept = feed.lifecycle.subscribe();
    const told = { next: vi.fn(), complete: vi.fn() };

    await firstValueFrom(events('room:a', 'shout'));
    await eventually(() => expect(late).toHaveLength(2));
    const again = events('room:a', 'shout').subscribe(told);
    await eventually(() => expect(told.next.mock.calls.length + told.complete.mock.calls.length).toBe(1));

    expect(told.next).toHaveBeenCalledOnce();
    again.unsubscribe();
    kept.unsubscribe();
    await feed.close();
  });

  it('NATS reads packets that are cut anywhere, and answers pings', async () => {
    const server = await TestServer.start();
    const received: string[] = [];
    server.greet((peer) => {
      peer.send(Buffer.from('INFO {"server_id":"x"}\r\nPI'), Buffer.from('NG\r\n'));
      peer.onMessage((text) => {
        received.push(text);
        const [, subject, sid] = /^SUB (\S+) (\d+)\r\n$/.exec(text) ?? [];
        if (!sid) return;
        const packets = `MSG ${subject} ${sid} 6\r\na\r\né!\r\nMSG other 99 2\r\nno\r\nMSG ${subject} ${sid} 0\r\n\r\n`;
        for (const byte of Buffer.from(packets)) peer.send(Buffer.of(byte));
      });
    });
    const { feed, subject, publish } = nats(server.url);
    publish('a.b', 'é');

    expect(await first(subject('a.b'), 2)).toEqual(['a\r\né!', '']);

    expect(received.slice(0, 4).sort()).toEqual(['CONNECT {"verbose":false}\r\n', 'PONG\r\n', 'PUB a.b 2\r\né\r\n', 'SUB a.b 1\r\n']); // prettier-ignore
    await feed.close();
  });
});

describe('The cookbook', () => {
  const names = ['binance', 'okx', 'coinbase', 'alpaca', 'home-assistant', 'graphql-transport-ws', 'ethereum', 'pusher', 'phoenix', 'nats']; // prettier-ignore

  it('has every client', () => {
    expect(readdirSync(`${ROOT}examples/protocols`).sort()).toEqual(names.map((name) => `${name}.ts`).sort());
  });

  it('shows the clients that are tested here', async () => {
    const sections = names.map((name) => {
      const [, comment, code] = /^\/\* ([^]*?) \*\/\n\n([^]*)$/.exec(readFileSync(`${ROOT}examples/protocols/${name}.ts`, 'utf8'))!; // prettier-ignore
      const [title, ...sentence] = comment!.split(': ');
      return `## ${title}\n\nWhat is special: ${sentence.join(': ')}\n\n\`\`\`ts\n${code}\`\`\`\n`;
    });
    const page = `# Ten protocols\n\nClients for servers of ten kinds, each in a few lines. They are sketches to start from: [a test](../test/examples/protocols.test.ts) runs each of them against a server with the same habits, and this page is generated from their files in \`examples/protocols\`. Names and limits of the real services change: read their documentation, too.\n\n${sections.join('\n')}`;

    await expect(page).toMatchFileSnapshot(`${ROOT}docs/protocols.md`);
  });
});
