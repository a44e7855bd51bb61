import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConnectionClosedError,
  FatalCloseError,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { closeFrame, frame, TestServer } from '../helpers/server.js';
import { closedByUs, connecting, failing, givenUp, nodeError, open, watch } from '../helpers/watch.js';
import { eventually } from '../helpers/eventually.js';

const MAX_PAYLOAD = 1024;

const violations = [
  {
    fault: 'a message over maxPayload',
    bytes: frame(0x82, Buffer.alloc(1025)),
    error: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
    code: 1009,
    reason: 'a message was longer than maxPayload, 1024 bytes',
  },
  {
    fault: 'a message over maxPayload, in fragments',
    bytes: Buffer.concat([frame(0x02, Buffer.alloc(1000)), frame(0x00, Buffer.alloc(25))]),
    error: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
    code: 1009,
    reason: 'a message was longer than maxPayload, 1024 bytes',
  },
  {
    fault: 'a message of more bytes than can be counted',
    bytes: Buffer.from([0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    error: 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
    code: 1009,
    reason: 'a message was longer than maxPayload, 1024 bytes',
  },
  {
    fault: 'text that is no UTF-8',
    bytes: frame(0x81, Buffer.from([0xc3, 0x28])),
    error: 'WS_ERR_INVALID_UTF8',
    code: 1007,
    reason: 'bytes that should be text were not UTF-8',
  },
  {
    fault: 'a close reason that is no UTF-8',
    bytes: closeFrame(1000, Buffer.from([0xff])),
    error: 'WS_ERR_INVALID_UTF8',
    code: 1007,
    reason: 'bytes that should be text were not UTF-8',
  },
  ...[
    ['garbage', Buffer.from('HTTP/1.1 200 OK'), 'WS_ERR_UNEXPECTED_RSV_1', 'RSV1 must be clear'],
    ['an unknown opcode', frame(0x83), 'WS_ERR_INVALID_OPCODE', 'invalid opcode 3'],
    ['a frame of an unknown extension', frame(0xb1, '{}'), 'WS_ERR_UNEXPECTED_RSV_2_3', 'RSV2 and RSV3 must be clear'],
    ['a masked frame', Buffer.from([0x81, 0x80, 1, 2, 3, 4]), 'WS_ERR_UNEXPECTED_MASK', 'MASK must be clear'],
    ['a fragmented ping', frame(0x09), 'WS_ERR_EXPECTED_FIN', 'FIN must be set'],
    ['half a close code', frame(0x88, 'x'), 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH', 'invalid payload length 1'],
    ['a close code of 1006', closeFrame(1006), 'WS_ERR_INVALID_CLOSE_CODE', 'invalid status code 1006'],
  ].map(([fault, bytes, error, words]) => ({
    fault: fault as string,
    bytes: bytes as Uint8Array,
    error: error as string,
    code: 1002,
    reason: `a frame was broken: Invalid WebSocket frame: ${words as string}`,
  })),
];

describe('A peer that violates the protocol', () => {
  leavesNothingBehind();

  it.each(violations)('with $fault is closed with $code, and the error explains it', async (violation) => {
    const { bytes, code, reason } = violation;
    const server = await TestServer.start();
    const feed = observeWebSocket<string>({ url: server.url, transport: wsTransport({ maxPayload: MAX_PAYLOAD }) });
    const seen = watch(feed);

    const peer = await server.peer();
    peer.sendJson('before');
    peer.write(bytes);
    peer.sendJson('after');

    const cause = nodeError(violation.error);
    const fields = { code, reason, wasClean: false };
    const error = await seen.end;
    expect(error).toEqual(new ConnectionClosedError(fields, { cause }));
    expect(error!.message).toBe(`The connection was closed with code ${code} (${reason}).`);
    expect(seen.events).toEqual([
      connecting(),
      open(),
      failing(cause),
      { type: 'close', ...fields, initiator: 'local' },
    ]);
    expect(seen.messages).toEqual(['before']);
    expect(feed.state.value).toEqual({ status: 'failed', error });
  });

  it('with bytes that cannot be decompressed is closed with 1007', async () => {
    const server = await TestServer.start({ perMessageDeflate: true });
    const transport = wsTransport({ perMessageDeflate: true });
    const seen = watch(observeWebSocket({ url: server.url, transport }));

    (await server.peer()).write(frame(0xc1, Buffer.from('no deflate')));

    expect(await seen.end).toMatchObject({
      code: 1007,
      reason: expect.stringMatching(/^a message would not decompress: ./) as string,
      cause: { code: 'Z_DATA_ERROR' },
    });
    expect(await server.peers[0]!.closed).toEqual({ code: 1007, reason: '' });
  });

  it('with bytes that are too long when decompressed is closed with 1009', async () => {
    const server = await TestServer.start({ perMessageDeflate: true });
    const transport = wsTransport({ perMessageDeflate: true, maxPayload: MAX_PAYLOAD });
    const seen = watch(observeWebSocket({ url: server.url, transport }));

    (await server.peer()).write(frame(0xc2, deflateRawSync(Buffer.alloc(MAX_PAYLOAD + 1))));

    expect(await seen.end).toMatchObject({
      code: 1009,
      reason: 'a message was longer than maxPayload, 1024 bytes',
    });
  });

  it('with a message in too many fragments is closed with 1008', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, transport: wsTransport({ maxFragments: 2 }) }));

    (await server.peer()).write(Buffer.concat([frame(0x01, 'a'), frame(0x00, 'b'), frame(0x00, 'c')]));

    expect(await seen.end).toMatchObject({
      code: 1008,
      reason: 'a message came in too many parts: Too many message fragments',
    });
    expect(await server.peers[0]!.closed).toEqual({ code: 1008, reason: '' });
  });

  it('is not connected to again', async () => {
    const server = await TestServer.start();
    server.greet((peer) => peer.send('x'.repeat(2000)));
    const transport = wsTransport({ maxPayload: MAX_PAYLOAD });
    const seen = watch(observeWebSocket({ url: server.url, transport }, stopOnFatalClose(), retryWithBackoff()));

    const error = await seen.end;

    expect(error).toBeInstanceOf(FatalCloseError);
    expect(error).toMatchObject({ message: expect.stringContaining('1024 bytes') as string, cause: { code: 1009 } });
    expect(server.peers).toHaveLength(1);
  });

  it('is terminated at closeTimeout if it does not read', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, closeTimeout: 50 }));
    const peer = await server.peer();

    peer.stopReading();
    peer.write(frame(0x83));

    expect(await seen.end).toMatchObject({ code: 1002, wasClean: false });
    expect(seen.events.at(-1)).toMatchObject({ type: 'close', code: 1002, initiator: 'local' });
    peer.readOn();
  });

  it('during our closing handshake ends that like a broken connection', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    const peer = await server.peer();
    peer.fallSilent();
    await seen.next('open');

    const closed = feed.close();
    peer.write(frame(0x83));
    await closed;

    expect(await seen.end).toBeUndefined();
    expect(seen.events.filter(({ type }) => type !== 'error')).toEqual([connecting(), open(), givenUp]);
  });

  it('is not one that sends exactly maxPayload bytes', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<string>({ url: server.url, transport: wsTransport({ maxPayload: MAX_PAYLOAD }) });
    const seen = watch(feed);

    (await server.peer()).sendJson('x'.repeat(1022));
    await eventually(() => expect(seen.messages).toHaveLength(1));
    await feed.close();

    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  it.each([
    ['by default', {}],
    ['where it is not given', { maxPayload: undefined }],
  ])('has a limit of 16 MiB %s', async (_, options) => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, transport: wsTransport(options) }));

    (await server.peer()).send(Buffer.alloc(16 * 1024 * 1024 + 1));

    expect(await seen.end).toMatchObject({
      code: 1009,
      reason: 'a message was longer than maxPayload, 16777216 bytes',
    });
    expect(await server.peers[0]!.closed).toEqual({ code: 1009, reason: '' });
  });
});

describe('Our bytes on the wire after a violation', () => {
  let stop = () => {};
  afterEach(() => stop());

  /** A server that accepts any handshake, sends these bytes, and reads until the client has closed. */
  async function answered(bytes: Uint8Array): Promise<Buffer> {
    const server = createServer().listen(0, '127.0.0.1');
    stop = () => server.close();
    await once(server, 'listening');
    const read = once(server, 'connection').then(async ([socket]: unknown[]) => {
      const peer = socket as Socket;
      const [request] = (await once(peer, 'data')) as [Buffer];
      const key = /sec-websocket-key: (.+)\r\n/i.exec(request.toString())![1]!;
      const digest = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const chunks: Buffer[] = [];
      peer.on('data', (chunk: Buffer) => chunks.push(chunk));
      peer.write(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
          `sec-websocket-accept: ${digest}\r\n\r\n`,
      );
      peer.write(bytes);
      await once(peer, 'end');
      peer.end();
      return Buffer.concat(chunks);
    });
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const seen = watch(observeWebSocket({ url, transport: wsTransport({ maxPayload: MAX_PAYLOAD }) }));
    const [written] = await Promise.all([read, seen.end]);
    expect(seen.events.at(-1)).toMatchObject({ type: 'close', initiator: 'local', code: codeIn(written) });
    return written;
  }

  /** The code of a masked Close frame without a reason. */
  function codeIn(bytes: Buffer): number {
    expect([...bytes.subarray(0, 2)]).toEqual([0x88, 0x82]);
    return ((bytes[6]! ^ bytes[2]!) << 8) | (bytes[7]! ^ bytes[3]!);
  }

  it.each(violations)('with $fault are one Close frame with $code, the reported code', async ({ bytes, code }) => {
    const written = await answered(bytes);

    expect(written).toHaveLength(8);
    expect(codeIn(written)).toBe(code);
  });
});
