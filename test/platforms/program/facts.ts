/*
 * What users' own tests do: marbles in virtual time, and all that other runners and platforms take away or replace.
 */

import { catchError, firstValueFrom, lastValueFrom, of, take, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import {
  binary,
  bufferCountOrTime,
  heartbeat,
  isFatalError,
  json,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
  text,
} from 'rxwire';
import type { WebSocketConfig } from 'rxwire';
import { closeWith, coldOn, scriptedServer } from 'rxwire/testing';

type Fact = readonly [name: string, run: () => void | Promise<void>];

/** The tests, for whatever runs them. */
export const FACTS: Fact[] = [];

const fact = (...it: Fact) => FACTS.push(it);

/** Bytes as their numbers, whoever has made them. */
const replaced = (_key: string, value: unknown) => (ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value);

function expectEqual(actual: unknown, expected: unknown): void {
  const [one, other] = [actual, expected].map((value) => JSON.stringify(value, replaced));
  if (one !== other) throw new Error(`Expected ${other}, got ${one}`);
}

const inVirtualTime = (play: (helpers: RunHelpers) => void) => new TestScheduler(expectEqual).run(play);

/** A feed in real time, which waits for nothing. */
function scripted<In, Out = In>(
  config: Partial<WebSocketConfig<In, Out>> = {},
  script = 'o 1ms a',
  values: Record<string, unknown> = {},
) {
  const server = scriptedServer(coldOn(), [script], values);
  const feed = observeWebSocket<In, Out>({ url: 'ws://test', transport: server.transport, ...config });
  return { feed, server };
}

fact('Batches go on over a reconnect', () => {
  inVirtualTime(({ cold, expectObservable }) => {
    const server = scriptedServer(cold, ['--o-a-#', '--o-b-c']);
    const feed = observeWebSocket(
      { url: 'ws://test', transport: server.transport },
      stopOnFatalClose(),
      retryWithBackoff({ delays: [5] }),
    );

    expectObservable(feed.messages.pipe(bufferCountOrTime(2, 1000), take(2))).toBe('15ms x 1001ms (y|)', {
      x: ['a', 'b'],
      y: ['c'],
    });
  });
});

fact('A peer that is silent is given up in virtual time', () => {
  inVirtualTime(({ cold, expectObservable }) => {
    const server = scriptedServer(cold, ['o']);
    const feed = observeWebSocket(
      { url: 'ws://test', transport: server.transport },
      heartbeat({ interval: 10_000, timeout: 5_000, ping: () => 'ping', random: () => 1 }),
    );
    const end = feed.messages.pipe(catchError((error: unknown) => of((error as Error).name)));

    expectObservable(end).toBe('15s (x|)', { x: 'HeartbeatTimeoutError' });
  });
});

fact('close() takes a reason, measured in bytes', async () => {
  const { feed, server } = scripted();
  const closed = firstValueFrom(server.closes);
  await firstValueFrom(feed.messages);
  feed.lifecycle.subscribe();

  await feed.close(4000, 'é'.repeat(61));
  const refused: unknown = await feed.close(4000, 'é'.repeat(62)).catch((error: unknown) => error);

  expectEqual((await closed).code, 1000); // of the subscriber who left
  expectEqual((refused as Error).name, 'RangeError');
});

fact('Bytes are sent as bytes, a Buffer too', async () => {
  const { feed, server } = scripted<Uint8Array>({ codec: binary() });
  const sent = firstValueFrom(server.sent.pipe(take(2), toArray()));
  feed.messages.subscribe();

  feed.messages.next(new Uint8Array([1, 2]));
  feed.messages.next(typeof Buffer === 'undefined' ? new Uint8Array([3]) : Buffer.from([3]));

  expectEqual(await sent, [[1, 2], [3]]);
  await feed.close();
});

fact('Text is read from binary frames, and bytes from text frames', async () => {
  const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x22, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0x22]);
  const broken = new Uint8Array([0x22, 0xe2, 0x82, 0x22]);
  const asJson = scripted({ codec: json() }, 'o 1ms b 1ms a', { b: bytes });
  const asText = scripted({ codec: text() }, 'o 1ms b 1ms a', { b: bytes });
  const asBytes = scripted({ codec: binary() }, 'o 1ms a', { a: '€😀' });
  const spoilt = scripted({ codec: text() }, 'o 1ms b', { b: broken });

  expectEqual(await firstValueFrom(asJson.feed.messages), '€😀');
  expectEqual(await firstValueFrom(asText.feed.messages), '"€😀"');
  expectEqual(await firstValueFrom(asBytes.feed.messages), [...bytes.subarray(3)]);
  const events = await lastValueFrom(spoilt.feed.lifecycle.pipe(take(3), toArray()));
  expectEqual(
    events.map(({ type }) => type),
    ['connecting', 'open', 'rejected'],
  );
});

fact('What waits is counted in bytes', async () => {
  const { feed } = scripted<string>({ codec: text(), outbox: { maxBytes: 6 } });
  const sent = feed.send('€€€').then(
    () => 'sent',
    (error: unknown) => (error as Error).name,
  );

  expectEqual(await sent, 'MessageDroppedError');
});

fact('A codec may be asynchronous', async () => {
  const decode = async (data: string | Uint8Array): Promise<string> => {
    await Promise.resolve();
    return `${String(data)}!`;
  };
  const slow = scripted<string>({ codec: { encode: String, decode } });
  const thenable = { then: (done: (value: string) => void) => done('thenable') } as never as Promise<string>;
  const odd = scripted<string>({ codec: { encode: String, decode: () => thenable } });

  expectEqual(await firstValueFrom(slow.feed.messages), '"a"!');
  expectEqual(await firstValueFrom(odd.feed.messages), 'thenable');
});

fact('Factories may be asynchronous', async () => {
  const { feed, server } = scripted<unknown>({
    url: () => Promise.resolve(new URL('ws://test/feed')),
    protocols: () => Promise.resolve(['chat']),
    headers: () => Promise.resolve({ authorization: 'Bearer 1' }),
  });

  await firstValueFrom(feed.messages);

  expectEqual(
    server.connections.map(({ url, protocols, headers }) => [url, protocols, headers]),
    [['ws://test/feed', ['chat'], { authorization: 'Bearer 1' }]],
  );
});

fact('Headers may be an object of any prototype', () => {
  const headers = Object.assign(Object.create(null) as object, { authorization: 'Bearer 1' });

  for (const each of [headers, JSON.parse('{}'), Object.create(null), {}]) {
    scripted({ headers: each as Record<string, string> });
  }
});

fact('A fatal close is known by its guard', async () => {
  const { feed } = scripted({}, 'o 1ms x', { x: closeWith(4401, 'expired') });

  const error: unknown = await lastValueFrom(feed.lifecycle.pipe(stopOnFatalClose())).catch(
    (thrown: unknown) => thrown,
  );

  expectEqual([isFatalError(error), (error as Error).name], [true, 'FatalCloseError']);
});

fact('A relative URL is resolved where there is a page or a worker, and is a clear failure elsewhere', async () => {
  const { feed, server } = scripted({ url: '/ws' });
  const end = await firstValueFrom(feed.messages).catch((error: unknown) => (error as Error).message);

  const { document, location } = globalThis as { document?: { baseURI: string }; location?: { href: string } };
  const base = document?.baseURI ?? location?.href;
  expectEqual(
    server.connections.map(({ url }) => url),
    base === undefined ? [] : [`ws://${new URL(base).host}/ws`],
  );
  expectEqual(String(end).includes('is relative'), base === undefined);
});
