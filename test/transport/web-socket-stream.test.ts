import { afterEach, describe, expect, it, vi } from 'vitest';
import { webSocketStreamTransport } from '../../src/index.node.js';
import type { TransportSocket } from '../../src/index.node.js';
import { dial } from '../helpers/dial.js';

afterEach(() => vi.unstubAllGlobals());

/** A `WebSocketStream` that is open at once, and what its peer does. @param write what becomes of what is sent */
function stream(write: (chunk: unknown) => unknown = () => undefined) {
  let reading!: ReadableStreamDefaultController<unknown>;
  let settle!: { resolve: (info: object) => void; reject: (error: unknown) => void };
  let asked!: (info: unknown) => void;
  const readable = new ReadableStream<unknown>({ start: (controller) => void (reading = controller) });
  const writable = new WritableStream<unknown>({
    write: async (chunk) => {
      await write(chunk);
    },
  });
  const closed = new Promise<object>((resolve, reject) => (settle = { resolve, reject }));
  /** What it was closed with. */
  const closing = new Promise<unknown>((resolve) => (asked = resolve));
  const opening = Promise.resolve({ readable, writable, protocol: '', extensions: '' });
  vi.stubGlobal(
    'WebSocketStream',
    class {
      readonly opened = opening;
      readonly closed = closed;
      readonly close = asked;
    },
  );
  return {
    closing,
    receive: (chunk: unknown) => reading.enqueue(chunk),
    close(info: object) {
      reading.close();
      settle.resolve(info);
    },
    fail(error: unknown) {
      reading.close();
      settle.reject(error);
    },
  };
}

async function opened(write?: (chunk: unknown) => unknown) {
  const peer = stream(write);
  const dialled = dial(webSocketStreamTransport(), 'ws://test/?token=secret');
  await dialled.first('onOpen');
  return { ...dialled, peer };
}

describe('A WebSocketStream', () => {
  it.each([
    [{ closeCode: 4000, reason: 'gone' }, [4000, 'gone', true]],
    [{ closeCode: 1000 }, [1000, '', true]],
    [{}, [1005, '', true]],
    [{ closeCode: null, reason: '' }, [1005, '', true]],
  ])('that closes with %j has closed so', async (info, close) => {
    const { peer, first } = await opened();

    peer.close(info);

    expect(await first('onClose')).toEqual(close);
  });

  it.each([
    [{ closeCode: 1011, reason: 'bug' }, [1011, 'bug', false]],
    [{ closeCode: 0 }, [1006, '', false]],
    [{}, [1006, '', false]],
  ])('that fails with %j has failed so, and its error has no secret', async (info, close) => {
    const { peer, reported, first } = await opened();

    peer.fail(Object.assign(new Error('ws://test/?token=secret is gone'), info));

    expect(await first('onClose')).toEqual(close);
    expect(String(reported.find(([kind]) => kind === 'onError')?.[1])).toBe('WebSocketError: ws://test/ is gone');
  });

  it.each<[string, unknown, string | Uint8Array]>([
    ['text', 'hello', 'hello'],
    ['bytes', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ['a buffer', new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2])],
  ])('receives %s', async (_, chunk, data) => {
    const { peer, first } = await opened();

    peer.receive(chunk);

    expect(await first('onMessage')).toEqual([data, data.length]);
  });

  it.each([
    ['was sent', () => undefined],
    ['could not be sent', () => Promise.reject(new Error('the peer is gone'))],
  ])('sends its close behind what %s before', async (_, write) => {
    const sent: unknown[] = [];
    const { socket, peer } = await opened((chunk) => {
      sent.push(chunk);
      return write();
    });

    socket.send('hello');
    expect([socket.bufferedAmount, socket.flushedBytes]).toEqual([5, 0]);
    socket.close(1000, 'bye');

    expect(await peer.closing).toEqual({ closeCode: 1000, reason: 'bye' });
    expect(sent).toEqual(['hello']);
    expect([socket.bufferedAmount, socket.flushedBytes]).toEqual([0, 5]);
  });

  it('that is dropped while it is paused reads on, and tells the peer why', async () => {
    const { socket, peer, first } = await opened();

    socket.pause!();
    peer.receive('late');
    socket.terminate();

    expect(await first('onMessage')).toEqual(['late', 4]);
    expect(await peer.closing).toEqual({ closeCode: 3008 });
  });

  it.each([
    ['dropped', (socket: TransportSocket) => socket.terminate()],
    ['closed', (socket: TransportSocket) => socket.close(1000, '')],
  ])('that is %s before it is open is given up', (_, end) => {
    let signal: AbortSignal | undefined;
    vi.stubGlobal(
      'WebSocketStream',
      class {
        readonly opened = new Promise(() => undefined);
        readonly closed = new Promise(() => undefined);
        constructor(_url: string, options: { signal: AbortSignal }) {
          signal = options.signal;
        }
      },
    );

    end(dial(webSocketStreamTransport(), 'ws://test').socket);

    expect(signal?.aborted).toBe(true);
  });
});
