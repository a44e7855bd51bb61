import { describe, expect, it, vi } from 'vitest';
import type { TransportSocket } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { nativeTransport } from '../../src/transport/native.js';
import { dial } from '../helpers/dial.js';
import { eventually } from '../helpers/eventually.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { selfSigned } from '../helpers/self-signed.js';
import { frame, TestServer } from '../helpers/server.js';
import type { Peer, ServerOptions } from '../helpers/server.js';

leavesNothingBehind();

const KIB = 1024;
const MIB = 1024 * KIB;

const lines: [string, ServerOptions][] = [
  ['TCP', {}],
  ['TLS', { tls: selfSigned }],
];

async function connected(options: ServerOptions = {}, ofWs: Parameters<typeof wsTransport>[0] = {}) {
  const server = await TestServer.start(options);
  const dialled = dial(wsTransport({ ca: selfSigned.cert, ...ofWs }), server.url);
  await dialled.first('onOpen');
  return { ...dialled, server, peer: await server.peer() };
}

/** On the loopback, bytes need no time but some turns of the event loop. */
async function turns(count = 200): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((next) => setImmediate(next));
}

/** Waits until the kernel accepts no more data for a peer that does not read. @returns the flushed bytes */
async function stuck(socket: TransportSocket): Promise<number> {
  for (;;) {
    const before = socket.flushedBytes!;
    await turns();
    if (socket.flushedBytes === before) return before;
  }
}

/** The peer reads `count` more messages, and stops. */
function reads(peer: Peer, count: number): Promise<void> {
  let remaining = count;
  return new Promise((resolve) => {
    peer.onMessage(() => {
      if (--remaining !== 0) return;
      peer.stopReading();
      resolve();
    });
    peer.readOn();
  });
}

describe.each(lines)('Received bytes over %s', (_, options) => {
  it('are counted as they arrive, also of an incomplete frame', async () => {
    const { socket, reported, peer } = await connected(options);
    const message = frame(0x82, Buffer.alloc(50_000));
    const counts = [socket.receivedBytes!];

    for (let at = 0; at < message.length; at += 5000) {
      peer.write(message.subarray(at, at + 5000));
      await vi.waitFor(() => expect(socket.receivedBytes).toBeGreaterThan(counts.at(-1)!), { interval: 1 });
      counts.push(socket.receivedBytes!);
      if (at + 5000 < message.length) expect(reported.map(([kind]) => kind)).toEqual(['onOpen']);
    }

    await eventually(() => expect(reported).toHaveLength(2));
    expect(reported[1]).toEqual(['onMessage', new Uint8Array(50_000), 50_000]);
    socket.terminate();
  });

  it('include pings and pongs', async () => {
    const { socket, first, peer } = await connected(options);
    const before = socket.receivedBytes!;

    peer.write(frame(0x89, 'ping'));
    const [payload] = await first('onPing');

    expect(String(payload)).toBe('ping');
    expect(socket.receivedBytes).toBeGreaterThanOrEqual(before + 6);
    socket.terminate();
  });
});

describe.each(lines)('Flushed bytes over %s', (_, options) => {
  it('grow while a slow peer reads, and stay the same while it does not', async () => {
    const { socket, peer } = await connected(options);
    peer.forget();
    peer.stopReading();
    for (let n = 0; n < 320; n++) socket.send(new Uint8Array(100 * KIB)); // in one turn, so in one write
    const marks = [await stuck(socket)];

    for (let round = 0; round < 4; round++) {
      await reads(peer, 60);
      marks.push(await stuck(socket));
    }
    const atRest = socket.flushedBytes;
    await turns();
    const later = socket.flushedBytes;
    peer.readOn();
    await eventually(() => expect(socket.bufferedAmount).toBe(0));

    expect(marks).toEqual([...new Set(marks)].sort((a, b) => a - b)); // each one larger than the one before
    expect(later).toBe(atRest);
    expect(atRest).toBeLessThan(320 * 100 * KIB);
    expect(socket.flushedBytes).toBe(320 * 100 * KIB);
    socket.terminate();
  });

  it('do not grow because more is sent', async () => {
    const { socket, peer } = await connected(options);
    peer.forget();
    peer.stopReading();
    for (let n = 0; n < 100_000; n++) socket.send('x'); // one byte of data is seven bytes on the wire
    for (let n = 0; n < 10; n++) socket.send(new Uint8Array(2 * MIB));
    const before = await stuck(socket);

    for (let n = 0; n < 1000; n++) socket.send(n % 2 ? 'x' : new Uint8Array(10 * KIB));
    await turns();

    expect(socket.flushedBytes).toBe(before);
    socket.terminate();
    peer.readOn();
  });

  it.each([
    ['messages of a byte', 50_000, 'x', 1],
    ['messages that are longer as UTF-8', 1000, 'é€😀'.repeat(100), 900],
    ['one long message', 1, new Uint8Array(8 * MIB), 8 * MIB],
    ['nothing', 1, '', 0],
  ])('are all bytes when the peer has read everything: %s', async (_name, count, data, bytes) => {
    const { socket, peer } = await connected(options);
    peer.forget();
    let arrived = 0;
    peer.onMessage(() => arrived++);

    for (let n = 0; n < count; n++) socket.send(data);
    const { flushedBytes } = socket;
    await eventually(() => expect(arrived).toBe(count));

    expect(flushedBytes).toBeLessThanOrEqual(count * bytes);
    await eventually(() => expect(socket.flushedBytes).toBe(count * bytes));
    socket.terminate();
  });

  it('keep their value when the socket is closed', async () => {
    const { socket, peer, first } = await connected(options);
    peer.stopReading();
    for (let n = 0; n < 20; n++) socket.send(new Uint8Array(2 * MIB));
    const before = await stuck(socket);
    const received = socket.receivedBytes;

    socket.terminate();
    await first('onClose');

    expect(before).toBeLessThan(40 * MIB);
    expect(socket.flushedBytes).toBe(before);
    expect(socket.receivedBytes).toBe(received);
    peer.readOn();
  });
});

describe('Compressed data', () => {
  it('is correct, although the buffer is reused when `send` has returned', async () => {
    const { socket, peer } = await connected({ perMessageDeflate: true }, { perMessageDeflate: { threshold: 0 } });
    const buffer = new Uint8Array(2000);

    for (let n = 0; n < 20; n++) socket.send(buffer.fill(n));
    socket.send(new DataView(buffer.fill(99).buffer, 0, 2) as unknown as Uint8Array);
    buffer.fill(255);
    await eventually(() => expect(peer.received).toHaveLength(21));

    expect(peer.received.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, n) => Buffer.alloc(2000, n)));
    expect(peer.received[20]).toEqual(Buffer.from([99, 99]));
    expect(socket.flushedBytes).toBe(40_002);
    socket.terminate();
  });

  it.each([
    ['that is masked', {}],
    ['that is masked with zeros, which changes nothing', { generateMask: () => undefined }],
  ])('is correct for a slow peer too, %s', async (_, options) => {
    const { socket, peer } = await connected({}, options);
    const buffer = new Uint8Array(MIB);
    peer.stopReading();

    for (let n = 0; n < 12; n++) socket.send(buffer.fill(n));
    buffer.fill(255);
    peer.readOn();
    await eventually(() => expect(peer.received).toHaveLength(12));

    expect(peer.received.map((bytes) => new Set(bytes as Uint8Array))).toEqual(
      Array.from({ length: 12 }, (_, n) => new Set([n])),
    );
    socket.terminate();
  });
});

describe('The native WebSocket', () => {
  it('has flushed bytes, from its bufferedAmount, but no received bytes', async () => {
    const server = await TestServer.start();
    const { socket, first } = dial(nativeTransport(), server.url);
    await first('onOpen');
    const peer = await server.peer();
    peer.forget();
    peer.stopReading();

    for (let n = 0; n < 30; n++) socket.send(n % 2 ? new Uint8Array(MIB) : 'é'.repeat(MIB / 2));
    const before = socket.flushedBytes!;
    await turns();
    const waiting = socket.bufferedAmount;
    const { flushedBytes, receivedBytes } = socket;
    peer.readOn();
    await eventually(() => expect(socket.bufferedAmount).toBe(0));

    expect(before).toBeLessThanOrEqual(flushedBytes!);
    expect(waiting).toBeGreaterThan(MIB);
    expect(flushedBytes).toBe(30 * MIB - waiting);
    expect(receivedBytes).toBeUndefined();
    expect(socket.flushedBytes).toBe(30 * MIB);
    socket.close(1000, '');
    await first('onClose');
  });
});
