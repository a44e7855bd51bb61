import { firstValueFrom, from, lastValueFrom, mergeMap, of, timeout, toArray } from 'rxjs';
import type { Codec, observeWebSocket, Transport, WebSocketConnection } from '../../src/index.js';
import type { Case, Payload } from './case.js';
import { cases } from './cases/index.js';
import { judge } from './judge.js';
import type { Emitted } from './judge.js';
import type { Seen } from './seen.js';

/** Passes frames on unchanged. */
const asItIs: Codec<Payload, Payload> = { encode: (payload) => payload, decode: (data) => data };

const AT_ONCE = 6;

/** How long a case may take. */
const PATIENCE = 60_000;

/**
 * Plays cases as a client that echoes, wherever it is called.
 *
 * @param played all of them, or some
 * @param origin of a ConformanceServer
 * @returns what came of each case, by its id
 */
export async function playCases(
  observe: typeof observeWebSocket,
  origin: string,
  transport?: Transport,
  played: readonly Case[] = cases,
): Promise<Readonly<Record<string, string>>> {
  const outcomes = from(played).pipe(
    mergeMap(async (one) => [one.id, await outcomeOf(one, observe, origin, transport)] as const, AT_ONCE),
    toArray(),
  );
  return Object.fromEntries(await lastValueFrom(outcomes));
}

async function outcomeOf(
  played: Case,
  observe: typeof observeWebSocket,
  origin: string,
  transport: Transport | undefined,
): Promise<string> {
  const key = `${played.id}-${Math.random()}`;
  const url = `${origin.replace('http', 'ws')}/case?id=${played.id}&key=${key}`;
  const feed = observe<Payload, Payload>({ url, codec: asItIs, transport, outbox: { maxBytes: Infinity } });
  const emitted = await firstValueFrom(from(echo(feed)).pipe(timeout({ first: PATIENCE, with: () => of(undefined) })));
  if (!emitted) {
    void feed.close();
    return 'emits no end';
  }
  const seen = (await (await fetch(`${origin}/seen?key=${key}`)).json()) as Seen | null;
  if (seen === null) return `does not connect: ${emitted.error?.name}`;
  return judge(played, seen, emitted);
}

/** Sends every message back, until the connection ends. */
function echo(feed: WebSocketConnection<Payload, Payload>): Promise<Emitted> {
  const messages: Payload[] = [];
  let close: Emitted['close'] | undefined;
  return new Promise((resolve) => {
    const end = (error?: Error & { code?: number }) =>
      resolve({ messages, close: close!, ...(error && { error: { name: error.name, code: error.code } }) } as Emitted);
    feed.lifecycle.subscribe({
      next: (event) => {
        if (event.type === 'close') close = event;
      },
      error: end,
      complete: end,
    });
    feed.messages.subscribe({
      next: (message) => {
        messages.push(message);
        feed.messages.next(message);
      },
      error: () => undefined,
    });
  });
}
