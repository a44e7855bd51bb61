import { byteLength, bytesOf, copyOf } from '../protocol/bytes.js';
import { WebSocketError } from '../protocol/errors.js';
import { redactUrlIn } from '../protocol/handshake.js';
import { platformTransport } from './native.js';
import { sentenceOf } from '../protocol/sentence-of.js';
import type { Transport, TransportSink, TransportSocket } from './transport.js';

interface CloseInfo {
  readonly closeCode?: number | null;
  readonly reason?: string;
}

/** The part of the platform's class that is used; TypeScript does not know it yet. */
interface WebSocketStream {
  readonly opened: Promise<{
    readonly readable: ReadableStream<string | Uint8Array | ArrayBuffer>; // bytes by the draft; a buffer in Chromium
    readonly writable: WritableStream<string | Uint8Array>;
    readonly protocol: string;
    readonly extensions: string;
  }>;
  readonly closed: Promise<CloseInfo>;
  close(info: CloseInfo): void;
}

type WebSocketStreamClass = new (
  url: string,
  options: { protocols: readonly string[]; signal: AbortSignal },
) => WebSocketStream;

const platformClass = () => (globalThis as { WebSocketStream?: WebSocketStreamClass }).WebSocketStream;

/**
 * The platform's `WebSocketStream` (Chromium): a paused connection stops the peer, in a browser too. Where there is none
 * it is `nativeTransport()`, which cannot be paused.
 *
 * @see https://developer.chrome.com/docs/capabilities/web-apis/websocketstream
 */
export function webSocketStreamTransport(): Transport {
  return {
    canSetHeaders: false,
    sizeOf: byteLength,
    get canPause() {
      return platformClass() !== undefined;
    },
    open(request, sink) {
      const Class = platformClass();
      return Class
        ? new StreamSocket(Class, request.url, request.protocols, sink)
        : platformTransport().open(request, sink);
    },
  };
}

/** A stream that is driven as a socket is. */
class StreamSocket implements TransportSocket {
  readyState = 0;
  bufferedAmount = 0;
  readonly #attempt = new AbortController();
  readonly #stream: WebSocketStream;
  readonly #sink: TransportSink;
  #writer: WritableStreamDefaultWriter<string | Uint8Array> | undefined;
  #sentBytes = 0;
  /** Settles when all that was sent has left. */
  #sent: Promise<unknown> = Promise.resolve();
  /** While paused: what goes on reading. */
  #resumed: (() => void) | undefined;
  #pause: Promise<void> | undefined;

  constructor(Class: WebSocketStreamClass, url: string, protocols: readonly string[], sink: TransportSink) {
    this.#sink = sink;
    this.#stream = new Class(url, { protocols, signal: this.#attempt.signal });
    const closed = this.#stream.closed
      .finally(() => (this.readyState = 3))
      .then(
        ({ closeCode, reason = '' }) =>
          () =>
            sink.onClose(closeCode ?? 1005, reason, true),
        (thrown: unknown) => () => {
          const error = thrown as Error & CloseInfo;
          sink.onError(
            new WebSocketError(redactUrlIn(sentenceOf({ message: error.message, code: 'the WebSocket failed' }), url)),
          );
          sink.onClose(error.closeCode === 0 ? 1006 : (error.closeCode ?? 1006), error.reason ?? '', false);
        },
      );
    void this.#read()
      .catch(() => undefined) // `closed` says why
      .then(() => closed)
      .then((report) => report());
  }

  /** Not reading is what stops the peer. */
  async #read(): Promise<void> {
    const { readable, writable, protocol, extensions } = await this.#stream.opened;
    const reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.readyState = 1;
    this.#sink.onOpen(protocol, extensions);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      await this.#untilResumed();
      const data = typeof value === 'string' ? value : (bytesOf(value) ?? new Uint8Array(value as ArrayBuffer));
      this.#sink.onMessage(data, data.length);
    }
  }

  async #untilResumed(): Promise<void> {
    while (this.#pause) await this.#pause;
  }

  get flushedBytes(): number {
    return this.#sentBytes - this.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    const bytes = byteLength(data);
    this.#sentBytes += bytes;
    this.bufferedAmount += bytes;
    const left = () => void (this.bufferedAmount -= bytes);
    this.#sent = this.#writer!.write(typeof data === 'string' ? data : copyOf(data)).then(left, left);
  }

  pause(): void {
    this.#pause ??= new Promise((resolve) => (this.#resumed = resolve));
  }

  resume(): void {
    this.#pause = undefined;
    this.#resumed?.();
  }

  close(closeCode: number, reason: string): void {
    if (this.readyState === 0) return this.#attempt.abort();
    this.readyState = 2;
    void this.#sent.then(() => this.#stream.close({ closeCode, reason }));
  }

  /** There is no way to drop it at once: a peer that still answers gets the code of a timeout. */
  terminate(): void {
    if (this.readyState === 0) return this.#attempt.abort();
    this.readyState = 2;
    this.resume(); // or the peer's answer would not be seen
    this.#stream.close({ closeCode: 3008 });
  }
}
