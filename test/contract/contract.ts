import { firstValueFrom, lastValueFrom, of, take, tap, toArray } from 'rxjs';
import { catchError, ignoreElements } from 'rxjs';
import type { Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { binary, observeWebSocket, ofType, retryWithBackoff, text } from '../../src/index.js';
import type { LifecycleEvent, OpenEvent, Transport, WebSocketConfig } from '../../src/index.js';
import { accept, closeWith, coldOn, ping, pong, refuseWith, scriptedServer, silence } from '../../src/testing/index.js';
import type { ScriptedServer } from '../../src/testing/index.js';
import { brief } from '../helpers/record.js';
import { eventually } from '../helpers/eventually.js';

/** A server that plays a script for the transport under test. */
export interface ContractServer extends Pick<ScriptedServer, 'sent' | 'closes' | 'connections'> {
  readonly url: string;
  readonly transport: Transport;
  close(): Promise<void>;
}

export type Start = (scripts: readonly string[], values?: Record<string, unknown>) => Promise<ContractServer>;

/** The capabilities of a transport, and what it sees of handshakes. */
export interface Traits {
  readonly pings: boolean;
  readonly pauses: boolean;
  /** What it sees of a successful handshake. */
  readonly headers: boolean;
  readonly sees: { readonly status: number | undefined; readonly retryAfter?: number };
}

export const startScripted: Start = (scripts, values) => {
  const server = scriptedServer(coldOn(), scripts, values);
  return Promise.resolve({ ...server, url: 'ws://test/', close: () => Promise.resolve() });
};

/** A transport sees a refusal in full, or not at all. */
export const SEES_ALL = { status: 429, retryAfter: 7000 };
export const SEES_NOTHING = { status: undefined };

/** Records a lifecycle with its end. */
function wholeOf(lifecycle: Observable<LifecycleEvent>): Promise<string[]> {
  const errors: string[] = [];
  return lastValueFrom(
    lifecycle.pipe(
      tap({ error: (error: unknown) => errors.push(`# ${(error as Error).name}`) }),
      catchError(() => of()),
      toArray(),
    ),
  ).then((events) => [...events.map(brief), ...(errors.length > 0 ? errors : ['|'])]);
}

/** In a page, an invalid URL is a relative URL. */
const INVALID = ['ws://[nonsense', 'ftp://nowhere/', ...('document' in globalThis ? [] : ['nonsense'])];

/** The contract of every transport. */
export function keepsTheContract(name: string, start: Start, { pings, pauses, headers, sees }: Traits): void {
  describe(`the ${name} transport`, () => {
    let server: ContractServer;
    const observe = <In = unknown, Out = In>(
      config: Partial<WebSocketConfig<In, Out>> = {},
      ...supervision: Parameters<typeof retryWithBackoff>[]
    ) => {
      const { url, transport } = server;
      return observeWebSocket<In, Out>(
        { url, transport, ...config },
        ...supervision.map(([options]) => retryWithBackoff<LifecycleEvent>(options)),
      );
    };
    const opened = (lifecycle: Observable<LifecycleEvent>): Promise<OpenEvent> => {
      const open = firstValueFrom(lifecycle.pipe(ofType('open')));
      lifecycle.subscribe({ error: () => undefined });
      return open;
    };

    afterEach(() => server.close());

    it('opens, delivers in order, and reports the close of the server', async () => {
      server = await start(['5ms o 5ms a 5ms b 5ms x'], { x: closeWith(4000, 'enough') });
      const feed = observe();
      const messages: unknown[] = [];
      feed.messages.subscribe({ next: (message) => messages.push(message), error: () => undefined });

      const log = await wholeOf(feed.lifecycle);

      expect(log).toEqual(['open 1', 'close 4000 enough remote', '# ConnectionClosedError']);
      expect(messages).toEqual(['a', 'b']);
      expect(feed.stats).toMatchObject({ received: 2, receivedBytes: 6, opens: 1 });
    });

    it('reports a normal close as 1000 and clean', async () => {
      server = await start(['5ms o 5ms |']);

      const log = await wholeOf(observe().lifecycle);

      expect(log).toEqual(['connecting 1', 'open 1', 'close 1000 remote', '# ConnectionClosedError']);
    });

    it('reports a break as 1006 and unclean', async () => {
      server = await start(['5ms o 50ms #']); // Firefox may miss an `open` right before it

      const log = await wholeOf(observe().lifecycle);

      expect(log.filter((line) => !line.startsWith('error'))).toEqual([
        'connecting 1',
        'open 1',
        'close 1006 remote unclean',
        '# ConnectionClosedError',
      ]);
    });

    it.each([
      ['broken off', '5ms #'],
      ['refused', '5ms x'],
    ])('reports one error and one close if the handshake is %s', async (_, script) => {
      server = await start([script], { x: refuseWith(503) });

      const log = await wholeOf(observe().lifecycle);

      expect(log).toEqual(['connecting 1', 'error HandshakeError', 'close 1006 remote unclean', '# HandshakeError']);
    });

    it('reports what it can see of a refusal', async () => {
      server = await start(['5ms x'], { x: refuseWith(429, { 'Retry-After': '7' }) });

      const error = await lastValueFrom(observe().lifecycle.pipe(ignoreElements())).catch((error: unknown) => error);

      expect(error).toMatchObject({ name: 'HandshakeError', ...sees });
    });

    it('offers subprotocols and reports the chosen one', async () => {
      server = await start(['5ms o']);
      const feed = observe({ protocols: ['chat', 'superchat'] });

      const open = await opened(feed.lifecycle);
      await feed.close();

      expect(open.protocol).toBe('chat');
      await eventually(() => expect(server.connections[0]?.protocols).toEqual(['chat', 'superchat']));
    });

    it('sends text in order, and closes after it', async () => {
      server = await start(['5ms o']);
      const feed = observe({ codec: text() });
      const sent: unknown[] = [];
      const closed = firstValueFrom(server.closes);
      server.sent.subscribe((message) => sent.push(message));
      await opened(feed.lifecycle);

      for (let n = 0; n < 100; n++) feed.messages.next(`message ${n}`);
      await feed.close(4001, 'done');

      await expect(closed).resolves.toEqual({ code: 4001, reason: 'done' });
      expect(sent).toEqual(Array.from({ length: 100 }, (_, n) => `message ${n}`));
    });

    it('sends and receives bytes', async () => {
      const bytes = new Uint8Array([0, 1, 254, 255]);
      server = await start(['5ms o 5ms b'], { b: bytes });
      const feed = observe({ codec: binary() });
      const received = firstValueFrom(feed.messages);
      const sent = firstValueFrom(server.sent);
      await opened(feed.lifecycle);
      feed.messages.next(bytes);

      expect(new Uint8Array((await sent) as Uint8Array)).toEqual(bytes);
      expect(await received).toStrictEqual(bytes);
      await feed.close();
    });

    it('completes our close', async () => {
      server = await start(['5ms o']);
      const feed = observe();
      feed.lifecycle.pipe(ofType('open')).subscribe(() => void feed.close(3000, 'bye'));

      const log = await wholeOf(feed.lifecycle);

      expect(log).toEqual(['open 1', 'close 3000 bye local', '|']);
    });

    it('closes with 1000 after the last unsubscribe', async () => {
      server = await start(['5ms o']);
      const closed = firstValueFrom(server.closes);

      await firstValueFrom(observe().lifecycle.pipe(ofType('open')));

      await expect(closed).resolves.toMatchObject({ code: 1000 });
    });

    it('ends an attempt that is closed while connecting', async () => {
      server = await start(['500ms o']);
      const feed = observe();
      feed.lifecycle.pipe(take(1)).subscribe();
      const log = wholeOf(feed.lifecycle);

      await feed.close();

      expect((await log).slice(-2)).toEqual(['close 1006 local unclean', '|']);
      expect(feed.stats.opens).toBe(0);
    });

    it('ends an attempt that takes too long', async () => {
      server = await start(['500ms o']);

      const log = await wholeOf(observe({ connectTimeout: 20 }).lifecycle);

      expect(log).toEqual(['connecting 1', 'close 1006 local unclean', '# ConnectTimeoutError']);
    });

    it('terminates at once', async () => {
      server = await start(['5ms o']);
      const feed = observe();
      feed.lifecycle.pipe(ofType('open')).subscribe({
        next: ({ link }) => link.terminate(new TypeError('mine')),
        error: () => undefined,
      });

      const log = await wholeOf(feed.lifecycle);

      expect(log).toEqual(['open 1', 'close 1006 local unclean', '# TypeError']);
    });

    it('handles the next attempt like the first one', async () => {
      server = await start(['5ms o 50ms #', '5ms #', '5ms o 5ms a 5ms |']);
      const feed = observe({}, [{ delays: [1, 1] }]);
      const messages = firstValueFrom(feed.messages);

      const log = await wholeOf(feed.lifecycle);

      expect(log.filter((line) => /^(connecting|open|close)/.test(line))).toEqual([
        'open 1',
        'close 1006 remote unclean',
        'connecting 2',
        'close 1006 remote unclean',
        'connecting 3',
        'open 3',
        'close 1000 remote',
      ]);
      await expect(messages).resolves.toBe('a');
    });

    it('reports pongs, if it supports them', async () => {
      server = await start(['5ms o 5ms p 5ms |'], { p: pong('unasked') });
      const feed = observe();
      const received: string[] = [];
      const counts: number[] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe({
        next: ({ link }) =>
          link.pongs.subscribe((payload) => {
            received.push(String(payload));
            counts.push(link.received);
          }),
        error: () => undefined,
      });

      await wholeOf(feed.lifecycle);

      expect(received).toEqual(pings ? ['unasked'] : []);
      expect(counts).toEqual(pings ? [1] : []);
    });

    it("counts the server's pings as received frames, if it sees them", async () => {
      server = await start(['5ms o 5ms g 5ms g 5ms |'], { g: ping('anybody?') });
      const feed = observe();
      const opening = opened(feed.lifecycle);
      const ended = wholeOf(feed.lifecycle);

      const { link } = await opening;
      await ended;

      expect(link.received).toBe(pings ? 2 : 0);
      expect(feed.stats.received).toBe(0);
    });

    it("reports the headers of the server's answer, if it can, but not in logs", async () => {
      const cookies = ['lb=1; Path=/', 'id=2'];
      server = await start(['5ms A'], { A: accept({ headers: { 'Set-Cookie': cookies, 'X-Served-By': 'one' } }) });
      const feed = observe();

      const open = await opened(feed.lifecycle);
      await feed.close();

      if (headers) expect(open.headers).toMatchObject({ 'set-cookie': cookies, 'x-served-by': 'one' });
      else expect(open.headers ?? {}).toEqual({});
      expect(Object.keys(open)).not.toContain('headers');
    });

    it('has its pings answered, if it supports them', async () => {
      server = await start(['5ms o']);
      const feed = observe();
      const { link } = await opened(feed.lifecycle);

      if (link.ping) {
        const answer = firstValueFrom(link.pongs);
        link.ping('hello');
        await expect(answer).resolves.toSatisfy((payload) => String(payload) === 'hello');
      }

      expect(link.ping !== undefined).toBe(pings);
      await feed.close();
    });

    it('is terminated by the connection if the peer of an open one does not answer its close', async () => {
      server = await start(['5ms o 5ms (as)'], { s: silence() });
      const feed = observe({ closeTimeout: 30 });
      const log = wholeOf(feed.lifecycle).then((lines) => lines.slice(-2));
      await firstValueFrom(feed.messages); // silent behind it

      await feed.close(3000, 'bye');

      expect(await log).toEqual(['close 1006 local unclean', '|']);
    });

    it('holds messages back while paused, if it can', async () => {
      server = await start(['5ms o 30ms a']);
      const feed = observe();
      const messages: unknown[] = [];
      feed.messages.subscribe((message) => messages.push(message));
      const release = feed.pause();
      const { link } = await opened(feed.lifecycle);

      expect([feed.canPause, link.paused]).toEqual([pauses, pauses]);
      await firstValueFrom(observe().messages); // a later connection has its messages by now
      if (pauses) expect(messages).toEqual([]);
      release();
      await eventually(() => expect(messages).toEqual(['a']));

      await feed.close();
    });

    it('sends headers, or has a clear error', async () => {
      server = await start(['5ms o']);
      const sent = { authorization: 'Bearer 1' };

      if (server.transport.canSetHeaders) {
        const feed = observe({ headers: sent });
        await opened(feed.lifecycle);
        expect(server.connections[0]!.headers).toMatchObject(sent);
        await feed.close();
      } else {
        expect(() => observe({ headers: sent })).toThrow(TypeError);
      }
    });

    it.each(INVALID)('fails fatally for the URL %j', async (url) => {
      server = await start(['5ms o']);
      if (url.startsWith('ftp') && server.url === 'ws://test/') return;

      const error = await lastValueFrom(observe({ url }).lifecycle.pipe(ignoreElements())).catch(
        (error: unknown) => error,
      );

      expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
    });
  });
}
