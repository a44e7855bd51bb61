import { Subject } from 'rxjs';
import type { ResponseHeaders, Transport, TransportSocket } from '../../src/transport/transport.js';
import { accept, closeWith, pong, raw, scriptedServer, silence } from '../../src/testing/index.js';
import type { ClientAction, ScriptStep } from '../../src/testing/index.js';

interface PlayedSocketsOptions {
  /** Whether Close frames and pings of the client are answered. */
  readonly answersClose: boolean;
  readonly canPause: boolean;
  readonly canPing: boolean;
}

/** One connection, whose server is played by the test. */
export class PlayedSocket {
  readonly url: string;
  /** What the client did, but for pauses: `send "x"`, `ping`, `close 1000 bye`, `terminate`. */
  readonly calls: string[] = [];
  readonly #allCalls: string[];
  /** Whether the client does not read. */
  isPaused = false;
  /** The client's end. */
  client: TransportSocket | undefined;
  #kit: TransportSocket | undefined;
  /** Bytes of the client that have not left yet. The kit has none. */
  bufferedAmount = 0;
  readonly steps = new Subject<ScriptStep>();
  #isClosing = false;
  readonly #answersClose: boolean;

  constructor(url: string, answersClose: boolean, allCalls: string[]) {
    this.url = url;
    this.#answersClose = answersClose;
    this.#allCalls = allCalls;
  }

  get readyState(): number {
    const { readyState = 0 } = this.#kit ?? {};
    return this.#isClosing ? Math.max(2, readyState) : readyState;
  }

  /** Whether neither side has closed or dropped it. */
  get isAlive(): boolean {
    return this.readyState < 2;
  }

  /** Gives the client its end, with what the kit does not model. */
  connect(kit: TransportSocket): TransportSocket {
    this.#kit = kit;
    return (this.client = Object.create(kit, {
      bufferedAmount: { get: () => this.bufferedAmount },
      readyState: { get: () => this.readyState },
    }) as TransportSocket);
  }

  /** The handshake succeeds. */
  open(headers: ResponseHeaders = {}): this {
    if (!this.#answersClose) this.steps.next(silence());
    this.steps.next(accept({ protocol: '', headers }));
    return this;
  }

  /** Each is sent as JSON text. */
  say(...values: unknown[]): void {
    for (const value of values) this.frame(JSON.stringify(value));
  }

  /** Held back while the client does not read. */
  frame(data: string): void {
    this.steps.next(raw(data));
  }

  pong(payload?: string): void {
    this.steps.next(pong(payload));
  }

  /** A Close frame, or without a code, the connection breaks. Before it is open, it is refused. */
  closed(code = 1006, reason = ''): void {
    if (code === 1006) this.steps.error(undefined);
    else this.steps.next(closeWith(code, reason));
  }

  /** Its Close frame has arrived, and the socket is not closed yet. The kit has no such moment. */
  beginToClose(): void {
    this.#isClosing = true;
  }

  note(action: ClientAction): void {
    switch (action.type) {
      case 'connect':
      case 'message': // noted as a frame
        return;
      case 'pause':
      case 'resume':
        this.isPaused = action.type === 'pause';
        this.#allCalls.push(action.type);
        return;
      case 'close':
        this.noteCall(`close ${action.code}`, action.reason);
        return;
      case 'ping':
      case 'pong':
        this.noteCall(action.type, action.payload);
        return;
      case 'terminate':
        this.noteCall('terminate');
    }
  }

  noteCall(...words: string[]): void {
    const call = words.filter(Boolean).join(' ');
    this.calls.push(call);
    this.#allCalls.push(call);
  }
}

/** A transport whose servers are played by the test, with the test kit. */
export interface PlayedSockets extends Transport {
  /** One for each attempt that asked for one. */
  readonly sockets: PlayedSocket[];
  /** The newest one. */
  readonly socket: PlayedSocket;
  /** What the client did on all of them, pauses too. */
  readonly calls: string[];
}

export function playedSockets({
  answersClose = true,
  canPause = true,
  canPing = false,
}: Partial<PlayedSocketsOptions> = {}): PlayedSockets {
  const sockets: PlayedSocket[] = [];
  const calls: string[] = [];
  const server = scriptedServer(
    () => {
      const socket = new PlayedSocket(server.connections.at(-1)!.url, answersClose, calls);
      sockets.push(socket);
      return socket.steps;
    },
    ['-'],
    {},
    { canPause, canPing },
  );
  server.log.subscribe(({ connection, ...action }) => sockets[connection]?.note(action));
  server.frames.subscribe(({ connection, data }) => sockets[connection]!.noteCall('send', String(data)));
  return {
    ...server.transport,
    sockets,
    calls,
    get socket() {
      return sockets.at(-1)!;
    },
    open(request, sink) {
      const kit = server.transport.open(request, sink);
      return sockets.at(-1)!.connect(kit);
    },
  };
}
