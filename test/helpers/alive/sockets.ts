import type { ResponseHeaders, Transport, TransportSink, TransportSocket } from '../../../src/transport/transport.js';

/**
 * One socket, whose server is played by the test. Unlike that of the test kit, it reports its end and its errors at once,
 * also while the client does not read, and knows the moment between a Close frame and the end.
 */
export class PlayedSocket implements TransportSocket {
  readyState = 0;
  bufferedAmount = 0;
  isPaused = false;
  readonly url: string;
  /** What the client did: `send "x"`, `close 1000 bye`, `terminate`. */
  readonly calls: string[] = [];
  declare ping?: (payload?: string) => void;
  declare pause?: () => void;
  declare resume?: () => void;
  readonly #sink: TransportSink;
  readonly #answersClose: boolean;
  #unread: (() => void)[] = [];

  constructor(url: string, sink: TransportSink, { answersClose, canPause, canPing }: PlayedSocketsOptions) {
    this.url = url;
    this.#sink = sink;
    this.#answersClose = answersClose;
    if (canPing) this.ping = () => void this.calls.push('ping');
    if (!canPause) return;
    this.pause = () => void (this.isPaused = true);
    this.resume = () => {
      this.isPaused = false;
      this.#read();
    };
  }

  // What the client does

  send(data: string | Uint8Array): void {
    this.calls.push(`send ${String(data)}`);
  }

  close(code: number, reason: string): void {
    this.calls.push(`close ${code}${reason && ` ${reason}`}`);
    this.readyState = 2;
    if (this.#answersClose) this.closed(code, reason);
  }

  terminate(): void {
    this.calls.push('terminate');
    this.readyState = 3;
  }

  // What the server does

  open(headers?: ResponseHeaders): this {
    this.readyState = 1;
    this.#sink.onOpen('', '', headers);
    return this;
  }

  /** Each is sent as JSON text. */
  say(...values: unknown[]): void {
    for (const value of values) this.frame(JSON.stringify(value));
  }

  /** Answers a ping. */
  pong(): void {
    this.#sink.onPong(undefined);
  }

  /** Held back while the client does not read. */
  frame(data: string | Uint8Array): void {
    this.#unread.push(() => this.#sink.onMessage(data, data.length));
    this.#read();
  }

  /** The socket is closed. */
  closed(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.#sink.onClose(code, reason, code !== 1006);
  }

  fail(error: Error): void {
    this.#sink.onError(error);
  }

  /** Its Close frame has arrived, and the socket is not closed yet. */
  beginToClose(): void {
    this.readyState = 2;
  }

  /** Whether the client has neither closed nor dropped it. */
  get isAlive(): boolean {
    return this.readyState < 2;
  }

  #read(): void {
    while (!this.isPaused && this.#unread.length > 0) this.#unread.shift()!();
  }
}

interface PlayedSocketsOptions {
  readonly answersClose: boolean;
  readonly canPause: boolean;
  readonly canPing: boolean;
}

/** A transport whose servers are played by the test. */
export interface PlayedSockets extends Transport {
  /** One for each attempt that asked for one. */
  readonly sockets: PlayedSocket[];
  /** The newest one. */
  readonly socket: PlayedSocket;
}

export function playedSockets(options: Partial<PlayedSocketsOptions> = {}): PlayedSockets {
  const settings = { answersClose: true, canPause: true, canPing: false, ...options };
  const sockets: PlayedSocket[] = [];
  return {
    canPause: settings.canPause,
    canSetHeaders: true,
    sockets,
    get socket() {
      return sockets.at(-1)!;
    },
    open({ url }, sink) {
      const socket = new PlayedSocket(url, sink, settings);
      sockets.push(socket);
      return socket;
    },
  };
}
