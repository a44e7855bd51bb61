import { fc } from '@fast-check/vitest';
import { firstValueFrom, take } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  multiplex,
  observeWebSocket,
  ofType,
  onOpen,
  requestResponse,
  retryWithBackoff,
} from '../../src/index.node.js';
import type { Transport } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { TestServer } from '../helpers/server.js';
import { VirtualServer } from './virtual-server.js';

leavesNothingBehind();

type Sent = string | { sub: string } | { id: number };
interface Received {
  welcome?: boolean;
  key?: string;
  id?: number;
}

const KEYS = ['a', 'b', 'c'];
const SUBSCRIPTIONS = KEYS.map((sub) => ({ sub }));

/** Holds `open` back until the server has welcomed us. */
const authenticate = onOpen((link) => {
  link.send('auth');
  return link.messages.pipe(take(1));
});

/** What a test holds against what was handed to each connection. */
function expectOrder(connections: readonly (readonly unknown[])[], queued: readonly string[]): void {
  const outbox = connections.map((handed) => handed.filter((one) => typeof one === 'string' && one.startsWith('out')));
  for (const [n, handed] of connections.entries()) {
    const whole = ['auth', ...SUBSCRIPTIONS, ...outbox[n]!];
    expect(handed).toEqual(handed.length < 2 ? whole.slice(0, handed.length) : whole); // dropped before it was welcomed
  }
  expect(outbox.flat()).toEqual(queued);
}

describe('set-up, then subscriptions, then the outbox in order', () => {
  it('is how every connection begins, wherever it was dropped; nothing is sent twice and nothing is lost', () => {
    const drops = fc.array(fc.nat({ max: 12 }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(drops, (waits) => {
        inVirtualTime(({ at, flush }) => {
          const server = new VirtualServer((said, peer) => {
            if (said === 'auth') at(3, () => peer.send({ welcome: true }));
          });
          const feed = observeWebSocket<Received, Sent>(
            { url: 'ws://test', transport: server.transport },
            authenticate,
            retryWithBackoff({ delays: Array<number>(20).fill(2) }),
          );
          const topic = multiplex(feed, { keyOf: ({ key }) => key, subscribe: (sub: string): Sent => ({ sub }) });
          const queued: string[] = [];
          const queue = () => feed.messages.next(queued[queued.push(`out ${queued.length}`) - 1]!);

          queue();
          const topics = KEYS.map((key) => topic(key).subscribe());
          let now = 0;
          for (const wait of waits) {
            at((now += wait), () => {
              queue();
              server.drop();
              queue();
            });
          }
          at(now + 30, () => {
            for (const one of topics) one.unsubscribe();
          });
          flush();

          expectOrder(
            server.peers.map(({ heard }) => heard),
            queued,
          );
        });
      }),
    );
  });

  it('has requests wait in the outbox, in order', () => {
    inVirtualTime(({ at, flush }) => {
      const server = new VirtualServer((said, peer) => {
        if (said === 'auth') at(3, () => peer.send({ welcome: true }));
      });
      const feed = observeWebSocket<Received, Sent>({ url: 'ws://test', transport: server.transport }, authenticate);
      const request = requestResponse(feed, { idOf: ({ id }) => id });
      const topic = multiplex(feed, { keyOf: ({ key }) => key, subscribe: (sub: string): Sent => ({ sub }) });

      const subscriptions = [request(1, { id: 1 }), topic('a'), request(2, { id: 2 })].map((stream) =>
        stream.subscribe(),
      );
      feed.messages.next('out 0');
      at(20, () => {
        for (const one of subscriptions) one.unsubscribe();
      });
      flush();

      expect(server.peers[0]!.heard).toEqual(['auth', ...SUBSCRIPTIONS.slice(0, 1), { id: 1 }, { id: 2 }, 'out 0']);
    });
  });

  it('holds on real sockets, dropped ten times at random points', async () => {
    const server = await TestServer.start();
    const random = seededRandom(20);
    server.greet((peer) => peer.sendJson({ welcome: true }));
    const handed: unknown[][] = [];
    const feed = observeWebSocket<Received, Sent>(
      { url: server.url, transport: recording(wsTransport(), handed) },
      authenticate,
      retryWithBackoff({ delays: Array<number>(20).fill(1) }),
    );
    const topic = multiplex(feed, { keyOf: ({ key }) => key, subscribe: (sub: string): Sent => ({ sub }) });
    const queued: string[] = [];
    const queue = () => feed.messages.next(queued[queued.push(`out ${queued.length}`) - 1]!);
    const closes = feed.lifecycle.pipe(ofType('close'));

    queue();
    const subscriptions = [...KEYS.map((key) => topic(key).subscribe()), closes.subscribe(queue)];
    for (let drop = 0; drop < 10; drop++) {
      const peer = await server.peer(drop + 1);
      const enough = Math.floor(random() * 6); // of auth, three subscriptions, and the outbox
      await vi.waitFor(() => expect(peer.received.length).toBeGreaterThanOrEqual(enough), 5000);
      const closed = firstValueFrom(closes);
      queue();
      peer.drop();
      await closed;
      queue();
    }
    const last = await server.peer(11);
    await vi.waitFor(() => expect(last.received).toContain(JSON.stringify(queued.at(-1))), 5000);
    for (const one of subscriptions) one.unsubscribe();

    expectOrder(handed, queued);
    expect(last.received.map((text) => JSON.parse(String(text)) as unknown)).toEqual(handed.at(-1));
  });
});

/** Writes down what each connection is handed. */
function recording(transport: Transport, handed: unknown[][]): Transport {
  return {
    ...transport,
    open(request, sink) {
      const socket = transport.open(request, sink);
      const mine: unknown[] = [];
      handed.push(mine);
      const send = socket.send.bind(socket);
      socket.send = (data) => {
        mine.push(JSON.parse(String(data)));
        return send(data);
      };
      return socket;
    },
  };
}

/** The same numbers every time. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}
