import type { IncomingMessage } from 'node:http';
import type { SchedulerLike } from 'rxjs';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { bounded } from '../protocol/backoff.js';
import { runAfter } from '../rx/after.js';
import { copyOf } from '../protocol/bytes.js';
import { WebSocketError } from '../protocol/errors.js';
import { toError } from '../protocol/to-error.js';
import type { ResponseHeaders, Transport, TransportRequest, TransportSink, TransportSocket } from './transport.js';
import { failedHandshake } from './ws/failed-handshake.js';
import { settledOptions } from './ws/options.js';
import type { SettledOptions, WsTransportOptions } from './ws/options.js';
import { Refusal } from './ws/refusal.js';
import { violationOf } from './ws/violation.js';
import type { Violation } from './ws/violation.js';
import { Wire } from './ws/wire.js';

export type { WsTransportOptions };

const sizeOf = (data: string | ArrayBufferView) =>
  typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;

/**
 * `ws` as a transport: ping frames, request headers, real backpressure, and the status of a refused handshake.
 *
 * @param options every client option of `ws`. Defaults that differ from its own: `maxPayload` is 16 MiB,
 *   `perMessageDeflate` is off, and `maxPendingAutoPongs` is 10 000
 */
export function wsTransport(options: WsTransportOptions = {}): Transport {
  const settled = settledOptions(options);
  return {
    canPause: true,
    canSetHeaders: true,
    sizeOf,
    open(request, sink) {
      const socket = new ClientSocket(request, sink, settled);
      for (const [event, listener] of BEFORE_OPEN) socket.on(event, listener as () => void);
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
  violation: Violation | undefined;
  isOpen = false;
  /** It was dropped, by us or by `ws`. */
  isTerminated = false;
  /** Of the answer, until it is open. */
  answered: ResponseHeaders | undefined;
  /** Whether it goes on using bytes after `send`: it compresses them later, and a mask of zeros has nothing copied. */
  keepsBytes: boolean;
  readonly sink: TransportSink;
  readonly scheduler: SchedulerLike;
  readonly patience: number;
  readonly maxPayload: number;

  constructor(
    { url, protocols, headers, closeTimeout, scheduler }: TransportRequest,
    sink: TransportSink,
    options: SettledOptions,
  ) {
    super(url, [...protocols], {
      ...options,
      headers: { ...options.headers, ...headers },
      closeTimeout: bounded(closeTimeout),
    } as ClientOptions);
    this.keepsBytes = options.generateMask !== undefined;
    this.sink = sink;
    this.scheduler = scheduler;
    this.patience = closeTimeout;
    this.maxPayload = options.maxPayload;
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
    this.isTerminated = true;
    this.refused?.stop();
    super.terminate();
  }
}

/* Its listeners: one for all sockets, because seven closures for each take half a kilobyte. */

function onUpgrade(this: ClientSocket, response: IncomingMessage): void {
  this.answered = response.headers as ResponseHeaders;
  const tcp = response.socket as typeof response.socket | null; // none in Bun
  this.wire = new Wire(tcp ?? {});
  // After a FIN without a Close frame `ws` waits until all is sent, which may be for ever.
  tcp?.on('end', () => {
    const patience = runAfter(this.patience, this.scheduler, () => this.terminate());
    this.once('close', () => patience.unsubscribe());
  });
}

function onOpen(this: ClientSocket): void {
  this.isOpen = true;
  for (const [event, listener] of ONCE) this.removeListener(event, listener as () => void);
  for (const [event, listener] of WHILE_OPEN) this.on(event, listener as () => void);
  this.keepsBytes ||= this.extensions !== '';
  const headers = this.answered;
  this.answered = undefined; // not for as long as it is open
  this.sink.onOpen(this.protocol, this.extensions, headers);
}

function onMessage(this: ClientSocket, data: Buffer, isBinary: boolean): void {
  if (isBinary) this.sink.onMessage(new Uint8Array(data.buffer, data.byteOffset, data.length), data.length);
  else this.sink.onMessage(data.toString(), data.length);
}

function onPing(this: ClientSocket, payload: Buffer): void {
  if (this.isTerminated && !this.violation) {
    const reason = 'more pings came than could be answered: maxPendingAutoPongs';
    this.violation = { code: 1006, reason }; // `ws` has dropped it in place of a pong
    this.sink.onError(new WebSocketError(reason));
  }
  this.sink.onPing(payload);
}

function onPong(this: ClientSocket, payload: Buffer): void {
  this.sink.onPong(payload);
}

function onUnexpectedResponse(this: ClientSocket, _request: unknown, response: IncomingMessage): void {
  const refusal = new Refusal(response, this.scheduler, () => {
    this.sink.onError(refusal.error);
    this.terminate(); // or it would stay half open for ever
  });
  this.refused = refusal;
}

function onError(this: ClientSocket, error: Error): void {
  if (this.refused) return this.refused.finish(); // its body was broken off; or it is about our own terminate()
  if (!this.isOpen) return this.sink.onError(failedHandshake(toError(error))); // a hook may throw anything
  const found = violationOf(error, this.maxPayload);
  if ((this.closeCode ?? found?.code) === found?.code) this.violation = found; // else we had begun to close before
  this.sink.onError(error);
}

function onClose(this: ClientSocket, code: number, reason: Buffer): void {
  const { violation } = this;
  if (violation) this.sink.onClose(violation.code, violation.reason, false, 'local');
  else this.sink.onClose(code, reason.toString(), code !== 1006);
}

const ONCE = Object.entries({ upgrade: onUpgrade, open: onOpen, 'unexpected-response': onUnexpectedResponse });

const BEFORE_OPEN = [...ONCE, ...Object.entries({ error: onError, close: onClose })];

/* With five listeners at a time a table of eight suffices, and Node's emitters make none smaller again. */
const WHILE_OPEN = Object.entries({ message: onMessage, ping: onPing, pong: onPong });
