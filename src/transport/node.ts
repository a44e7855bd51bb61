import type { ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { expectObject } from '../protocol/arguments.js';
import { bounded } from '../protocol/backoff.js';
import { after } from '../rx/after.js';
import { copyOf } from '../protocol/bytes.js';
import { withoutUndefined } from '../protocol/options.js';
import { toError } from '../protocol/to-error.js';
import type { ResponseHeaders, Transport, TransportRequest, TransportSink, TransportSocket } from './transport.js';
import { failedHandshake } from './ws/failed-handshake.js';
import { guarded } from './ws/guarded.js';
import { Refusal } from './ws/refusal.js';
import { violationOf } from './ws/violation.js';
import type { Violation } from './ws/violation.js';
import { Wire } from './ws/wire.js';

/** Every client option of `ws` and of Node's own request, but for those that the connection itself decides. */
export type WsTransportOptions = {
  [
    K in Exclude<
      keyof (ClientOptions & Pick<ClientRequestArgs, 'lookup'>),
      'protocol' | 'handshakeTimeout' | 'closeTimeout'
    >
  ]?: (ClientOptions & Pick<ClientRequestArgs, 'lookup'>)[K] | undefined;
};

const MAX_PAYLOAD = 16 * 1024 * 1024;

const sizeOf = (data: string | ArrayBufferView) =>
  typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;

/**
 * `ws` as a transport: ping frames, request headers, real backpressure, and the status of a refused handshake.
 *
 * @param options every client option of `ws`. Defaults that differ from its own: `maxPayload` is 16 MiB, and
 *   `perMessageDeflate` is off
 */
export function wsTransport(options: WsTransportOptions = {}): Transport {
  expectObject('options', options);
  const { maxPayload = MAX_PAYLOAD, perMessageDeflate = false, finishRequest, lookup, createConnection } = options;
  const settled: WsTransportOptions = {
    ...withoutUndefined(options),
    maxPayload,
    perMessageDeflate,
    ...(finishRequest && { finishRequest: guarded(finishRequest, (error, request) => request.destroy(error)) }),
    ...(lookup && { lookup: guarded(lookup, (error, _host, _options, answer) => answer(error, '')) }),
    ...(createConnection && {
      createConnection: guarded(createConnection as (...args: unknown[]) => Socket, (error) => {
        throw error; // Node reports it, but not where it is nothing
      }),
    }),
  };
  return {
    canPause: true,
    canSetHeaders: true,
    sizeOf,
    open(request, sink) {
      const socket = new ClientSocket(request, settled);
      report(socket, request, sink, maxPayload);
      return socket;
    },
  };
}

/** A socket of `ws`, and what is known of it beyond that. */
class ClientSocket extends WebSocket implements TransportSocket {
  /** What it closes with; where a frame of the peer's was broken, `ws` has chosen it. */
  closeCode: number | undefined;
  wire: Wire | undefined;
  refused: Refusal | undefined;
  /** Whether it goes on using bytes after `send`: it compresses them later, and a mask of zeros has nothing copied. */
  keepsBytes: boolean;

  constructor({ url, protocols, headers, closeTimeout }: TransportRequest, options: WsTransportOptions) {
    super(url, [...protocols], {
      ...options,
      headers: { ...options.headers, ...headers },
      closeTimeout: bounded(closeTimeout),
    } as ClientOptions);
    this.keepsBytes = options.generateMask !== undefined;
  }

  get refusal(): Error | undefined {
    return this.refused?.error;
  }

  get receivedBytes(): number | undefined {
    return this.wire?.receivedBytes;
  }

  get flushedBytes(): number | undefined {
    return this.wire?.flushedBytes(this.bufferedAmount);
  }

  override send(data: string | Uint8Array): void {
    super.send(typeof data !== 'string' && this.keepsBytes ? copyOf(data) : data);
    this.wire?.add(sizeOf(data));
  }

  /** Called by `ws` too. */
  override close(code?: number, reason?: string): void {
    if (this.readyState === WebSocket.OPEN) this.closeCode = code;
    super.close(code, reason);
  }

  override terminate(): void {
    this.refused?.stop();
    super.terminate();
  }
}

/** Has a socket report to a sink. */
function report(
  socket: ClientSocket,
  { closeTimeout, scheduler }: TransportRequest,
  sink: TransportSink,
  maxPayload: number,
): void {
  let headers: ResponseHeaders | undefined;
  let isOpen = false;
  let violation: Violation | undefined;

  socket.once('upgrade', (response) => {
    headers = response.headers as ResponseHeaders;
    const tcp = response.socket as typeof response.socket | null; // none in Bun
    socket.wire = new Wire(tcp ?? {});
    // After a FIN without a Close frame `ws` waits until all is sent, which may be for ever.
    tcp?.on('end', () => {
      const patience = after(closeTimeout, scheduler).subscribe(() => socket.terminate());
      socket.once('close', () => patience.unsubscribe());
    });
  });
  socket.once('open', () => {
    isOpen = true;
    socket.keepsBytes ||= socket.extensions !== '';
    sink.onOpen(socket.protocol, socket.extensions, headers);
    headers = undefined; // not for as long as it is open
  });
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) sink.onMessage(new Uint8Array(data.buffer, data.byteOffset, data.length), data.length);
    else sink.onMessage(data.toString(), data.length);
  });
  socket.on('ping', (payload) => sink.onPing(payload));
  socket.on('pong', (payload) => sink.onPong(payload));
  socket.on('unexpected-response', (_request, response) => {
    const refusal = new Refusal(response, scheduler, () => {
      sink.onError(refusal.error);
      socket.terminate(); // or it would stay half open for ever
    });
    socket.refused = refusal;
  });
  socket.on('error', (error) => {
    if (socket.refused) return; // it is about our own terminate()
    if (!isOpen) return sink.onError(failedHandshake(toError(error))); // a hook may throw anything
    const found = violationOf(error, maxPayload);
    if ((socket.closeCode ?? found?.code) === found?.code) violation = found; // else we had begun to close before
    sink.onError(error);
  });
  socket.on('close', (code, reason) => {
    if (violation) sink.onClose(violation.code, violation.reason, false, 'local');
    else sink.onClose(code, reason.toString(), code !== 1006);
  });
}
