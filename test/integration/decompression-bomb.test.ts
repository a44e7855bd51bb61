import { once } from 'node:events';
import { constants, createDeflateRaw } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { connecting, failing, nodeError, open, watch } from '../helpers/watch.js';

leavesNothingBehind();

const MIB = 1024 * 1024;

/** Zeros as permessage-deflate sends them (RFC 7692 section 7.2.1). */
async function deflatedZeros(size: number): Promise<Buffer> {
  const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED });
  const chunks: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (let written = 0; written < size; written += MIB) {
    if (!deflate.write(Buffer.alloc(MIB))) await once(deflate, 'drain');
  }
  await new Promise<void>((flushed) => deflate.flush(constants.Z_SYNC_FLUSH, flushed));
  const ended = once(deflate, 'close');
  deflate.destroy();
  await ended;
  return Buffer.concat(chunks).subarray(0, -4);
}

/** A compressed binary message in one frame: FIN, RSV1 and the opcode, then a length of 8 bytes. */
function compressedFrame(payload: Buffer): Buffer {
  const head = Buffer.from([0xc2, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 6);
  return Buffer.concat([head, payload]);
}

describe('A message that is small on the wire and large in memory', () => {
  it('is rejected at maxPayload, with 1009, long before it is inflated', async () => {
    const bomb = compressedFrame(await deflatedZeros(256 * MIB));
    const server = await TestServer.start();
    server.acceptWith({ 'sec-websocket-extensions': 'permessage-deflate' });
    const transport = wsTransport({ perMessageDeflate: true });
    const seen = watch(observeWebSocket({ url: server.url, transport }));
    const peer = await server.peer();
    const { extensions } = await seen.next('open');
    const before = process.resourceUsage().maxRSS;

    peer.write(bomb);
    const error = await seen.end;
    const { code } = await peer.closed;

    const tooBig = nodeError('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH');
    const reason = 'a message was longer than maxPayload, 16777216 bytes';
    expect(error).toMatchObject({ name: 'ConnectionClosedError', code: 1009, reason });
    expect(error!.cause).toEqual(tooBig);
    expect(seen.events).toEqual([
      connecting(),
      { ...open(), extensions },
      failing(tooBig),
      { type: 'close', code: 1009, reason, wasClean: false, initiator: 'local' },
    ]);
    expect(code).toBe(1009);
    expect(bomb.length).toBeLessThan(2 * MIB);
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100); // MiB, of which 16 are allowed
  });

  it('is impossible by default: no extension is offered unless the transport has the option', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    expect(server.requests[0]!.headers).not.toHaveProperty('sec-websocket-extensions');
  });
});
