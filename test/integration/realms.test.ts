import { runInNewContext } from 'node:vm';
import { firstValueFrom, lastValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  HandshakeError,
  isFatalError,
  logLifecycle,
  observeWebSocket,
  ofType,
  WebSocketError,
} from '../../src/index.node.js';
import type { LifecycleEvent, Transport } from '../../src/index.node.js';
import { describe as described } from '../../src/protocol/arguments.js';
import { isError } from '../../src/protocol/is-error.js';
import { sentenceOf } from '../../src/protocol/sentence-of.js';
import { causedBy, toError } from '../../src/protocol/to-error.js';
import { nativeTransport } from '../../src/transport/native.js';
import { wsTransport } from '../../src/transport/node.js';
import { dial } from '../helpers/dial.js';
import { eventually } from '../helpers/eventually.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

leavesNothingBehind();

/** Something of another realm, as Jest, a vm's context or an iframe has it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the vm knows no types
const foreign = <T>(source: string): T => runInNewContext(source) as T;

describe('An error of another realm', () => {
  const error = foreign<Error>('new TypeError("no token")');

  it.each(['error', 'end'])('is logged as one of our own is, by its name and message alone: as an %s', (how) => {
    const failure = foreign<Error>(
      'Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", config: { body: "pin=1234" } })',
    );
    const lines: object[] = [];
    const log = (fields: object) => void lines.push(fields);
    const event: LifecycleEvent = { type: 'error', error: failure };

    (how === 'end' ? throwError(() => failure) : of(event))
      .pipe(logLifecycle({ debug: log, info: log, warn: log, error: log }))
      .subscribe({ error: () => undefined });

    expect(lines[0]).toMatchObject({ error: { name: 'Error', message: 'read ECONNRESET' } });
    expect(JSON.stringify(lines)).not.toContain('1234');
  });

  it('is used unchanged, with its message', () => {
    expect(error).not.toBeInstanceOf(Error);
    expect(isError(error)).toBe(true);
    expect(toError(error)).toBe(error);
    expect(sentenceOf(error)).toBe('no token');
    expect(described(error)).toBe('TypeError: no token');
  });

  it('that is a WebSocketError is recognized by its brand', () => {
    const branded = Object.assign(error, { [Symbol.for('rxwire.error')]: true, fatal: true });

    expect(isFatalError(branded)).toBe(true);
    expect(causedBy(branded)).toMatchObject({ fatal: true });
  });

  it('appears in the JSON of our error with its message', () => {
    expect(JSON.stringify(new WebSocketError('it failed', { cause: error }))).toContain('TypeError: no token');
  });

  it('with an invalid retryAfter is used without it', () => {
    const busy = foreign<Error>('Object.assign(new Error("busy"), { retryAfter: NaN, fatal: "yes" })');

    expect(causedBy(busy)).toEqual({ cause: busy, fatal: false, retryAfter: undefined });
  });

  it('with members of that realm has their messages', () => {
    expect(sentenceOf(foreign('new AggregateError([new Error("a"), new Error("b")])'))).toBe('a; b');
  });

  it('is the cause of a handshake that fails because of it', async () => {
    const feed = observeWebSocket({ url: () => throwError(() => error) });

    const end: unknown = await lastValueFrom(feed.lifecycle).catch((thrown: unknown) => thrown);

    expect(end).toBeInstanceOf(HandshakeError);
    expect(end).toMatchObject({ message: 'The `url` factory failed: no token', cause: error });
  });

  it('ends a connection with `terminate`', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    const { link } = await seen.next('open');

    link.terminate(error);

    expect(await seen.end).toBe(error);
  });
});

describe('Bytes of another realm', () => {
  const views = {
    'a Uint8Array': 'new Uint8Array([9, 1, 2, 3]).subarray(1)',
    'a Uint16Array': 'new Uint16Array(new Uint8Array([9, 9, 1, 2, 3, 4]).buffer, 2)',
    'a DataView': 'new DataView(new Uint8Array([9, 1, 2, 9]).buffer, 1, 2)',
    nothing: 'new Uint8Array(0)',
  };
  const ours = {
    'a Buffer': Buffer.from([9, 1, 2, 3]).subarray(1),
    'a Uint16Array': new Uint16Array(new Uint8Array([9, 9, 1, 2, 3, 4]).buffer, 2),
    'a DataView': new DataView(new Uint8Array([9, 1, 2, 9]).buffer, 1, 2),
    'a Float64Array': new Float64Array([1.5]),
  };
  const rows = [
    ...Object.entries(views).map(
      ([name, source]) => [`${name} of another realm`, foreign<Uint8Array>(source)] as const,
    ),
    ...Object.entries(ours).map(([name, view]) => [name, view as unknown as Uint8Array] as const),
  ];
  const transports: [string, () => Transport][] = [
    ['ws', wsTransport],
    ['ws that compresses', () => wsTransport({ perMessageDeflate: { threshold: 0 } })],
    ['native', nativeTransport],
  ];

  describe.each(transports)('by %s', (_, transport) => {
    it.each(rows)('as %s are sent unchanged, in a binary frame', async (_name, view) => {
      const server = await TestServer.start({ perMessageDeflate: true });
      const { socket, first } = dial(transport(), server.url);
      await first('onOpen');
      const peer = await server.peer();

      socket.send(view);
      socket.send('text');
      await eventually(() => expect(peer.received).toHaveLength(2));
      const { flushedBytes } = socket;
      socket.close(1000, '');
      await first('onClose');

      const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      expect(peer.received).toEqual([bytes, 'text']);
      expect(flushedBytes).toBe(view.byteLength + 4);
      expect(transport().sizeOf!(view)).toBe(view.byteLength);
    });
  });
});

describe('Headers of another realm', () => {
  it.each<[string, Record<string, string>]>([
    ['an object of a vm', foreign('({ authorization: "Bearer 1" })')],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { authorization: 'Bearer 1' })],
    [
      'an object of a vm without a prototype',
      foreign('Object.assign(Object.create(null), { authorization: "Bearer 1" })'),
    ],
    ['an object whose constructor is another', { authorization: 'Bearer 1', constructor: 'mine' }],
    ['an object of a class', Object.assign(new (class extends Object {})(), { authorization: 'Bearer 1' })],
    ['a frozen object', Object.freeze({ authorization: 'Bearer 1' })],
  ])('as %s are sent, also from a function', async (_, headers) => {
    const server = await TestServer.start();

    for (const part of [headers, () => headers, () => of(headers), () => Promise.resolve(headers)]) {
      const feed = observeWebSocket({ url: server.url, headers: part });
      await firstValueFrom(feed.lifecycle.pipe(ofType('open')));
    }

    expect(server.requests.map(({ headers: sent }) => sent.authorization)).toEqual(Array(4).fill('Bearer 1'));
  });

  it('may be none', () => {
    for (const headers of [foreign('({})'), Object.create(null), {}]) {
      expect(() => observeWebSocket({ url: 'ws://test', headers: headers as Record<string, string> })).not.toThrow();
    }
  });

  it.each([
    ['an array', ['authorization']],
    ['an array of a vm', foreign('["authorization"]')],
    ['an empty array', []],
    ['a list that keeps its fields elsewhere', new Headers({ authorization: 'Bearer 1' })],
    ['a Map', new Map([['authorization', 'Bearer 1']])],
    ['a promise', Promise.resolve({})],
    ['a promise of a vm', foreign('Promise.resolve({})')],
    ['what may be waited for, with a text of its own', { then: () => undefined, name: 'mine' }],
    ['an Observable', of({})],
    ['a stream', new ReadableStream()],
    ['a date', new Date()],
    ['a header that is no text', { authorization: 1 }],
    ['nothing', null],
  ])('are not %s', (_, headers) => {
    expect(() => observeWebSocket({ url: 'ws://test', headers: headers as never })).toThrow(
      /^Expected `headers` to be an object of strings, or a function that returns it, got /,
    );
  });
});

describe('A URL of another realm', () => {
  class URL {
    readonly href: string;
    constructor(href: string) {
      this.href = href;
    }
    toString(): string {
      return this.href;
    }
    readonly [Symbol.toStringTag] = 'URL';
  }

  it('is accepted in a config and from a function', async () => {
    const server = await TestServer.start();
    const url = new URL(`${server.url}/feed`) as never;

    for (const config of [url, { url }, { url: () => url as string }]) {
      await firstValueFrom(observeWebSocket(config).lifecycle.pipe(ofType('open')));
    }

    expect(server.requests.map(({ url: path }) => path)).toEqual(['/feed', '/feed', '/feed']);
  });
});
