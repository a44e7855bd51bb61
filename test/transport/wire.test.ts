import { describe, expect, it } from 'vitest';
import { violationOf } from '../../src/transport/ws/violation.js';
import { Wire } from '../../src/transport/ws/wire.js';
import type { Tcp } from '../../src/transport/ws/wire.js';

describe('The received bytes', () => {
  it.each<[string, Tcp, number | undefined]>([
    [
      'of TCP below TLS, where that says them',
      { bytesRead: 3, _handle: { bytesRead: 5, _parent: { bytesRead: 9 } } },
      9,
    ],
    ['of its handle', { bytesRead: 3, _handle: { bytesRead: 5, _parent: null } }, 5],
    ['of the socket, where its handle does not say them', { bytesRead: 3, _handle: {} }, 3],
    ['unknown, where nothing says them', {}, undefined],
  ])('are those %s', (_, tcp, bytes) => {
    expect(new Wire(tcp).receivedBytes).toBe(bytes);
  });

  it('never go back', () => {
    const tcp = { bytesRead: 7 };
    const wire = new Wire(tcp);

    expect(wire.receivedBytes).toBe(7);
    tcp.bytesRead = 0;
    expect(wire.receivedBytes).toBe(7);
  });
});

describe('The flushed bytes', () => {
  /** What was flushed of 100 bytes, of which so many are buffered. */
  const flushed = (tcp: Tcp, bufferedAmount: number) => {
    const wire = new Wire(tcp);
    wire.add(100);
    return wire.flushedBytes(bufferedAmount);
  };

  it.each<[string, Tcp]>([
    ['the socket has no handle', {}],
    [
      'the handle does not count what was written',
      { _handle: { writeQueueSize: 60 }, _writableState: { writelen: 0 } },
    ],
    ['the handle does not say what it has queued', { _handle: { bytesWritten: 90 }, _writableState: { writelen: 0 } }],
    ['the stream does not say what it is writing', { _handle: { bytesWritten: 90, writeQueueSize: 60 } }],
    [
      'something is being written, and nothing of it is ever queued',
      { _handle: { bytesWritten: 90, writeQueueSize: 0 }, _writableState: { writelen: 9 } },
    ],
  ])('are what is not buffered, where %s', (_, tcp) => {
    expect(flushed(tcp, 40)).toBe(60);
  });

  it.each<[string, Tcp, number]>([
    [
      'as many as the kernel took',
      { _handle: { bytesWritten: 80, writeQueueSize: 20 }, _writableState: { writelen: 0 } },
      75,
    ],
    [
      'fewer, where TLS has not handed everything down',
      { _handle: { writeQueueSize: 40, _parent: { bytesWritten: 80, writeQueueSize: 20 } }, _writableState: {} },
      100,
    ],
    [
      'a part, where TLS still has as much',
      {
        _handle: { writeQueueSize: 60, _parent: { bytesWritten: 80, writeQueueSize: 20 } },
        _writableState: { writelen: 0 },
      },
      50,
    ],
  ])('are %s', (_, tcp, bytes) => {
    expect(flushed(tcp, 0)).toBe(bytes);
  });

  it('never go back, and stay as they were when the socket is gone', () => {
    const tcp: { -readonly [K in keyof Tcp]: Tcp[K] } = {};
    const wire = new Wire(tcp);
    wire.add(100);

    expect([40, 70].map((buffered) => wire.flushedBytes(buffered))).toEqual([60, 60]);
    tcp._handle = null;
    expect(wire.flushedBytes(0)).toBe(60);
  });
});

describe('A violation of the protocol', () => {
  const of = (code: string | undefined, maxPayload = 9) =>
    violationOf(Object.assign(new Error('details'), code === undefined ? {} : { code }), maxPayload);

  it.each([
    ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009, 'a message was longer than maxPayload, 9 bytes'],
    ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 1009, 'a message was longer than maxPayload, 9 bytes'],
    ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 1008, 'a message came in too many parts: details'],
    ['WS_ERR_INVALID_UTF8', 1007, 'bytes that should be text were not UTF-8'],
    ['Z_DATA_ERROR', 1007, 'a message would not decompress: details'],
    ['WS_ERR_EXPECTED_FIN', 1002, 'a frame was broken: details'],
    ['WS_ERR_OF_TOMORROW', 1002, 'a frame was broken: details'],
  ])('that ws calls %s has code %d', (name, code, reason) => {
    expect(of(name)).toEqual({ code, reason });
  });

  it('is a message that cannot be counted, where there is no limit', () => {
    expect(of('WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 0)?.reason).toContain(`${Number.MAX_SAFE_INTEGER} bytes`);
  });

  it.each(['ECONNRESET', undefined])('is not what fails with %s', (code) => {
    expect(of(code)).toBeUndefined();
  });
});
