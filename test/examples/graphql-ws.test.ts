import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type * as graphql from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { graphqlClient } from '../../examples/graphql-ws/client.js';
import { collectGarbageOf, leavesNothingBehind } from '../helpers/leftovers.js';
import { eventually } from '../helpers/eventually.js';

leavesNothingBehind();

// The copy that graphql-ws takes: vite would take the other one, and the two do not know each other's schemas.
const { buildSchema } = createRequire(import.meta.url)('graphql') as typeof graphql;

/** The reference server, with a countdown, and a clock that ticks when the test says so. */
async function serve() {
  const started: string[] = [];
  const ended: string[] = [];
  const greetings: unknown[] = [];
  const ticks = new Set<(time: number) => void>();
  const http = createServer();
  const webSockets = new WebSocketServer({ server: http, handleProtocols: () => 'graphql-transport-ws' });
  const server = useServer(
    {
      schema: buildSchema('type Query { now: Int } type Subscription { countdown(from: Int!): Int clock: Int }'),
      onConnect: ({ connectionParams }) => void greetings.push(connectionParams),
      onSubscribe: (_context, _id, { query }) => void started.push(query),
      onComplete: (_context, _id, { query }) => void ended.push(query),
      roots: {
        subscription: {
          async *countdown({ from }: { from: number }) {
            for (let countdown = from; countdown > 0; countdown--) yield await Promise.resolve({ countdown });
          },
          clock: () => {
            let answer: ((result: IteratorResult<{ clock: number }>) => void) | undefined;
            const tick = (clock: number) => answer?.({ value: { clock }, done: false });
            const iterator = {
              next: () => {
                ticks.add(tick);
                return new Promise<IteratorResult<{ clock: number }>>((resolve) => (answer = resolve));
              },
              return: () => {
                ticks.delete(tick);
                const end = { value: undefined, done: true as const };
                answer?.(end);
                return Promise.resolve(end);
              },
              [Symbol.asyncIterator]: () => iterator,
            };
            return iterator;
          },
        },
      },
    },
    webSockets,
    0,
  );
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const { port } = http.address() as AddressInfo;
  collectGarbageOf({
    get clients() {
      return webSockets.clients.size;
    },
    stop: async () => {
      await server.dispose();
      await new Promise((closed) => http.close(closed));
    },
  });
  return {
    url: `ws://127.0.0.1:${port}/graphql`,
    started,
    ended,
    greetings,
    tick: (time: number) => ticks.forEach((tick) => tick(time)),
    ticking: () => ticks.size,
    drop: () => webSockets.clients.forEach((client) => client.terminate()),
    ping: () => webSockets.clients.forEach((client) => client.send('{"type":"ping"}')),
    closeWith: (code: number) => webSockets.clients.forEach((client) => client.close(code)),
    clients: webSockets.clients,
  };
}

const COUNTDOWN = 'subscription ($from: Int!) { countdown(from: $from) }';
const CLOCK = 'subscription { clock }';

/** What a subscriber hears. */
function hear(
  listen: ReturnType<typeof graphqlClient>['subscribe'],
  query: string,
  variables?: Record<string, unknown>,
) {
  const heard: unknown[] = [];
  const subscription: Subscription = listen(query, variables).subscribe({
    next: (data) => heard.push(data),
    error: (error: unknown) => heard.push(error),
    complete: () => heard.push('|'),
  });
  return { heard, leave: () => subscription.unsubscribe() };
}

describe('the example graphql-ws', () => {
  it('hears a subscription to its end, and leaves', async () => {
    const server = await serve();
    const { subscribe } = graphqlClient(server.url, () => ({ token: 'abc' }));

    const { heard } = hear(subscribe, COUNTDOWN, { from: 3 });

    await eventually(() => expect(heard).toEqual([{ countdown: 3 }, { countdown: 2 }, { countdown: 1 }, '|']));
    expect(server.greetings).toEqual([{ token: 'abc' }]);
    await eventually(() => expect(server.clients.size).toBe(0));
  });

  it('hears several on one connection, and completes those that it leaves', async () => {
    const server = await serve();
    const { subscribe } = graphqlClient(server.url);
    const clock = hear(subscribe, CLOCK);
    await eventually(() => expect(server.ticking()).toBe(1));
    const another = hear(subscribe, CLOCK);
    await eventually(() => expect(server.ticking()).toBe(2));

    server.tick(1);
    await eventually(() => expect(another.heard).toEqual([{ clock: 1 }]));
    another.leave();
    await eventually(() => expect(server.ended).toEqual([CLOCK]));
    server.tick(2);
    await eventually(() => expect(clock.heard).toEqual([{ clock: 1 }, { clock: 2 }]));

    expect(another.heard).toEqual([{ clock: 1 }]);
    expect(server.clients.size).toBe(1);
    clock.leave();
  });

  it('asks again after a drop, once for each subscription', async () => {
    const server = await serve();
    const { subscribe } = graphqlClient(server.url);
    const clock = hear(subscribe, CLOCK);
    await eventually(() => expect(server.ticking()).toBe(1));

    server.drop();
    await eventually(() => expect(server.started).toEqual([CLOCK, CLOCK]));
    await eventually(() => {
      server.tick(7);
      expect(clock.heard).toContainEqual({ clock: 7 });
    });

    expect(server.greetings).toHaveLength(2);
    clock.leave();
  });

  it('errors with what the server says of a bad query, and the others go on', async () => {
    const server = await serve();
    const { subscribe } = graphqlClient(server.url);
    const clock = hear(subscribe, CLOCK);

    const bad = hear(subscribe, 'subscription { nothing }');

    await eventually(() =>
      expect(bad.heard).toMatchObject([{ cause: [{ message: expect.stringMatching(/nothing/) as string }] }]),
    );
    expect(clock.heard).toEqual([]);
    clock.leave();
  });

  it('answers pings of the server', async () => {
    const server = await serve();
    const { subscribe } = graphqlClient(server.url);
    const clock = hear(subscribe, CLOCK);
    await eventually(() => expect(server.ticking()).toBe(1));
    const answered = new Promise((resolve) => {
      server.clients.forEach((client) => client.on('message', (data: Buffer) => resolve(data.toString())));
    });

    server.ping();

    expect(await answered).toBe('{"type":"pong"}');
    clock.leave();
  });

  it('stops for good on a code that the protocol calls fatal', async () => {
    const server = await serve();
    const { subscribe } = graphqlClient(server.url);
    const clock = hear(subscribe, CLOCK);
    await eventually(() => expect(server.ticking()).toBe(1));

    server.closeWith(4400);

    await eventually(() => expect(clock.heard).toMatchObject([{ name: 'FatalCloseError', cause: { code: 4400 } }]));
    expect(server.greetings).toHaveLength(1);
  });
});
