import { expectFunction, expectObject, refuse } from '../protocol/arguments.js';
import { byteLength, bytesOf } from '../protocol/bytes.js';
import { WebSocketError } from '../protocol/errors.js';
import { fieldOf } from '../protocol/field-of.js';
import { redactUrlIn } from '../protocol/handshake.js';
import { sentenceOf } from '../protocol/sentence-of.js';
import { PeersClosing } from './peers-closing.js';
import { bunSocket, isBun, takesHeaders } from './runtime.js';
import type { Transport, TransportRequest, TransportSink, TransportSocket } from './transport.js';

/** What is used of the standard WebSocket: whatever has this will do. */
export interface WebSocketLike {
  /** Set to `'arraybuffer'`. */
  binaryType: string;
  /** As of the standard WebSocket: 1 while it is open. */
  readonly readyState: number;
  /** Bytes that were sent and have not left yet, where that is known. */
  readonly bufferedAmount?: number;
  /** The subprotocol that the server chose. */
  readonly protocol?: string;
  /** What the server agreed to. */
  readonly extensions?: string | undefined;
  /** Set to what is called when it opens. */
  onopen: unknown;
  /** Set to what is called with each message. */
  onmessage: unknown;
  /** Set to what is called when it fails. */
  onerror: unknown;
  /** Set to what is called when it is closed. */
  onclose: unknown;
  /** Sends a text or a binary frame. */
  send(data: string | Uint8Array): void;
  /** Begins the close handshake; before it is open, gives up. */
  close(code?: number, reason?: string): void;
}

/** Whose WebSocket is to be used, and how. */
export interface NativeTransportOptions {
  /**
   * Makes a socket: undici's with a dispatcher, React Native's with headers, a mock.
   * @default the platform's own
   */
  create?: ((url: string, protocols: string[], headers: Readonly<Record<string, string>>) => WebSocketLike) | undefined;
  /**
   * Whether headers reach the server. Without `create` they are given as Bun, Deno and undici take them.
   * @default whether the platform is Bun or Deno; with `create` no
   */
  canSetHeaders?: boolean | undefined;
}

/**
 * The platform's own `WebSocket` (browsers, Deno, Bun, workers, Node 22 and later), or any other of its shape. By the
 * standard it has no ping frames, cannot set headers, cannot be paused, and hides why a handshake was refused. Bun's can
 * do the first three, and Deno's sets headers.
 *
 * @throws TypeError where an option is of the wrong type
 * @see https://websockets.spec.whatwg.org
 *
 * @example
 * import { WebSocket } from 'undici';
 *
 * const transport = nativeTransport({
 *   create: (url, protocols, headers) => new WebSocket(url, { protocols, headers, dispatcher }),
 *   canSetHeaders: true,
 * });
 */
export function nativeTransport(options: NativeTransportOptions = {}): Transport {
  expectObject('options', options);
  const { create, canSetHeaders } = options;
  if (create !== undefined) expectFunction('create', create);
  if (![undefined, true, false].includes(canSetHeaders)) refuse('canSetHeaders', 'a boolean', canSetHeaders);
  const takes = canSetHeaders === undefined ? undefined : () => canSetHeaders;
  if (!create) return platformTransport(takes);
  return transportOf(
    ({ url, protocols, headers }) => create(url, [...protocols], headers),
    () => false,
    takes ?? (() => false),
  );
}

/** The platform's own alone: what most pages need, without the checks of options. */
export function platformTransport(canSetHeaders = takesHeaders): Transport {
  return transportOf(platformSocket, isBun, canSetHeaders);
}

function transportOf(
  create: (request: TransportRequest) => WebSocketLike,
  canPause: () => boolean,
  canSetHeaders: () => boolean,
): Transport {
  return {
    get canPause() {
      return canPause();
    },
    get canSetHeaders() {
      return canSetHeaders();
    },
    sizeOf: byteLength,
    open(request, sink) {
      const socket = create(request);
      socket.binaryType = 'arraybuffer';
      const closing = new PeersClosing(request, sink);
      report(socket, request.url, sink, closing);
      return driven(socket, sink, closing);
    },
  };
}

function platformSocket({ url, protocols, headers }: TransportRequest): WebSocketLike {
  if (typeof globalThis.WebSocket !== 'function') {
    throw new Error('this platform has no WebSocket; pass a `transport`');
  }
  const Class = globalThis.WebSocket as unknown as new (url: string, options: unknown) => WebSocketLike;
  return new Class(url, Object.keys(headers)[0] === undefined ? [...protocols] : { protocols, headers });
}

/** Has a socket report to a sink. */
function report(socket: WebSocketLike, url: string, sink: TransportSink, closing: PeersClosing): void {
  let isOpen = false;
  socket.onopen = () => {
    isOpen = true;
    sink.onOpen(socket.protocol ?? '', socket.extensions ?? '');
  };
  socket.onmessage = ({ data }: { data: string | ArrayBuffer | ArrayBufferView }) => {
    if (typeof data === 'string') sink.onMessage(data, data.length);
    else sink.onMessage(bytesOf(data) ?? new Uint8Array(data as ArrayBuffer), data.byteLength);
  };
  socket.onerror = ({ message, error }: { message?: string; error?: unknown }) => {
    // The event says nothing in browsers, on purpose; elsewhere it may, and quote the URL.
    const reason = sentenceOf({ message, errors: [saysNothing(error) ? 'the WebSocket failed' : error] });
    sink.onError(new WebSocketError(redactUrlIn(reason, url)));
    // What never opened ends here; the `close` that should follow is left out by older Node.
    if (!isOpen) sink.onClose(1006, '', false);
  };
  socket.onclose = ({ code, reason, wasClean = true }: Partial<CloseEvent>) => {
    closing.stop();
    const known = code === 0 ? 1006 : (code ?? 1006); // Deno says 0 where a connection breaks, and React Native nothing
    sink.onClose(known, reason ?? '', wasClean && known !== 1006);
  };
}

/** undici gives an error without a word. */
function saysNothing(error: unknown): boolean {
  if (typeof error === 'string') return error === '';
  return ['message', 'code', 'errors'].every(
    (name) => !(fieldOf(error, name) as { length?: number } | undefined)?.length,
  );
}

/** What a connection drives it by. */
function driven(socket: WebSocketLike, sink: TransportSink, closing: PeersClosing): TransportSocket {
  const bun = bunSocket(socket, sink);
  let sent = 0;
  return {
    get readyState() {
      const { readyState } = socket;
      closing.look(readyState);
      return readyState;
    },
    get bufferedAmount() {
      return socket.bufferedAmount ?? 0;
    },
    get flushedBytes() {
      return socket.bufferedAmount === undefined ? undefined : Math.max(0, sent - socket.bufferedAmount);
    },
    send(data) {
      socket.send(data);
      sent += byteLength(data);
    },
    close(code, reason) {
      closing.stop();
      socket.close(code, reason);
    },
    ...bun,
    terminate() {
      closing.stop();
      if (bun.terminate) bun.terminate();
      else socket.close(3008); // there is no way to drop it at once: a peer that still answers gets the code of a timeout
    },
  };
}
