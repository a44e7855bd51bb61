import { createRequire } from 'node:module';
import { decode, encode } from '@msgpack/msgpack';
import protobuf from 'protobufjs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { json, observeWebSocket } from '../../src/index.node.js';
import type { WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';
import { blocksIn } from './pages.js';
import { eventually } from '../helpers/eventually.js';

leavesNothingBehind();

interface Trade {
  price: number;
}

/** Runs the code block of the guides that imports a library, with the URL of a test server. */
function recipe(library: string, url: string): WebSocketConnection<Trade> {
  const { code } = blocksIn('ts').find(({ code }) => code.includes(`from '${library}'`))!;
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, esModuleInterop: true },
  });
  let feed: WebSocketConnection<Trade> | undefined;
  const observe = (config: WebSocketConfig<Trade>) => (feed = observeWebSocket<Trade>({ ...config, url }));
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- runs code of the pages only
  const run = new Function('require', 'exports', 'observeWebSocket', 'json', outputText) as (
    ...args: unknown[]
  ) => void;
  run(createRequire(import.meta.url), {}, observe, json);
  return feed!;
}

const { root } = protobuf.parse('syntax = "proto3"; message Trade { double price = 1; }');
const message = root.lookupType('Trade');

describe('The codec of the guide with', () => {
  it.each([
    ['@msgpack/msgpack', (trade: Trade) => encode(trade), (frame: Uint8Array) => decode(frame), 0xc1],
    [
      'protobufjs',
      (trade: Trade) => message.encode(trade).finish(),
      (frame: Uint8Array) => message.toObject(message.decode(frame)),
      0x0f,
    ],
  ])('%s sends and receives messages as binary frames, and skips invalid ones', async (library, write, read, bad) => {
    const server = await TestServer.start();
    server.greet((peer) => peer.send(write({ price: 1.5 }), Uint8Array.of(bad), 'text', write({ price: 2.5 })));
    const feed = recipe(library, server.url);
    const seen = watch(feed);

    feed.messages.next({ price: 3.5 });
    await eventually(() => expect(seen.messages).toEqual([{ price: 1.5 }, { price: 2.5 }]));
    await feed.close();

    expect(server.peers[0]!.received.map((frame) => read(frame as Uint8Array))).toEqual([{ price: 3.5 }]);
    expect(seen.events.filter(({ type }) => type === 'rejected')).toMatchObject([
      { data: Uint8Array.of(bad), error: { name: 'DecodeError' } },
      { data: 'text', error: { name: 'DecodeError' } },
    ]);
  });

  it('zod delivers what the schema accepts, and skips the rest', async () => {
    const server = await TestServer.start();
    server.greet((peer) => peer.sendJson({ price: 1.5 }, { price: '2.5' }, { price: 3.5, more: 1 }));
    const seen = watch(recipe('zod', server.url));

    await eventually(() => expect(seen.messages).toEqual([{ price: 1.5 }, { price: 3.5 }]));
    seen.leave();

    const rejected = await seen.next('rejected');
    expect(rejected).toMatchObject({
      data: '{"price":"2.5"}',
      error: { name: 'DecodeError', cause: { issues: [{ path: ['price'], code: 'invalid_type' }] } },
    });
    expect(rejected.error.message).toMatch(/^A message could not be decoded: price: Invalid input: expected number/);
  });
});
