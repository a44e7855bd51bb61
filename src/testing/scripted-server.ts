import { Subject, Subscription } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectFunction, expectObject, expectString, refuse } from '../arguments.js';
import { HandshakeError } from '../errors.js';
import { redactUrl, refusedWith } from '../handshake.js';
import type { Transport, TransportRequest, TransportSink, TransportSocket } from '../transport/transport.js';
import { isPong, opens, stepFor } from './script.js';
import type { ScriptedConnection, ScriptStep } from './script.js';

/** What turns marbles into an Observable: `RunHelpers['cold']`, or `coldOn(scheduler)` outside a test. */
export type Cold = (marbles: string, values?: Record<string, ScriptStep>) => Observable<ScriptStep>;

/** What a client connected with. */
export interface ScriptedRequest {
  /** With its credentials and query. */
  readonly url: string;
  /** The subprotocols on offer. */
  readonly protocols: readonly string[];
  /** Empty if none were given. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A Close frame that a client sent. */
export interface ClientClose {
  /** As it stood in the Close frame. */
  readonly code: number;
  /** Empty if none was given. */
  readonly reason: string;
}

/** What a scripted connection asks and tells of its client. */
interface ScriptedClient {
  sent(data: string | Uint8Array): void;
  closed(close: ClientClose): void;
  /** Whether pings are answered at once. */
  readonly isPonged: boolean;
}

/** A server that follows a script. */
export interface ScriptedServer {
  /** To be given to `observeWebSocket({ url, transport })`. Pauses and pings as `ws` does. */
  readonly transport: Transport;
  /** What clients send, hot: parsed where it is JSON, else as it is. */
  readonly sent: Observable<unknown>;
  /** The close frames that clients send, hot: with what code, and why. */
  readonly closes: Observable<ClientClose>;
  /** The requests so far, one a connection. */
  readonly connections: readonly ScriptedRequest[];
}

/**
 * A server for tests that follows marbles, one string a connection, in order; the last one repeats.
 *
 * `o` the handshake succeeds · `#` the connection breaks (1006; before `o`: it is refused) · `|` the server closes with
 * 1000 · any other letter a message: its value in `values`, or the letter itself, sent as JSON text; a `Uint8Array` as a
 * binary frame; or what a helper says: {@link closeWith}, {@link refuseWith}, {@link pong}, {@link raw}.
 *
 * Time in a script counts from the connect. A client's close is answered at once, and so are its pings unless the
 * script holds a `pong()` of its own. What a paused client would not see is held back until it reads again.
 *
 * @param cold `RunHelpers['cold']` of a `TestScheduler`, or `coldOn(scheduler)`
 * @throws TypeError for what is no such argument, and where there is no script
 *
 * @example
 * testScheduler.run(({ cold, expectObservable }) => {
 *   const server = scriptedServer(cold, ['o-a-b-#', 'o-c']);
 *   const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, retryWithBackoff({ delays: [3] }));
 *   expectObservable(feed.messages).toBe('--a-b-----c');
 * });
 */
export function scriptedServer(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any marble function will do, typed or not
  cold: (marbles: string, values?: any) => Observable<any>,
  scripts: readonly string[],
  values: Record<string, unknown> = {},
): ScriptedServer {
  expectFunction('cold', cold);
  if (typeof scripts !== 'object' || !scripts?.length) {
    refuse('scripts', 'an array of at least one marble string', scripts);
  }
  scripts.forEach((script, index) => expectString(`scripts[${index}]`, script));
  expectObject('values', values);
  const connections: ScriptedRequest[] = [];
  const sent = new Subject<unknown>();
  const closes = new Subject<ClientClose>();

  return {
    sent: sent.asObservable(),
    closes: closes.asObservable(),
    connections,
    transport: {
      canPause: true,
      canSetHeaders: true,
      open(request, sink) {
        new URL(request.url); // throws as a real transport does
        const { url, protocols, headers } = request;
        const script = scripts[Math.min(connections.length, scripts.length - 1)]!;
        connections.push({ url, protocols, headers });
        const letters = [...new Set(script.match(/[^\s\-()^!|#]/g))];
        const steps = Object.fromEntries(
          letters.map((letter) => [
            letter,
            letter === 'o' ? opens : stepFor(letter in values ? values[letter] : letter),
          ]),
        );
        return new ScriptedPeer((cold as Cold)(script, steps), request, sink, {
          sent: (data) => sent.next(parsed(data)),
          closed: (close) => closes.next(close),
          isPonged: !letters.some((letter) => isPong(values[letter])),
        }).socket;
      },
    },
  };
}

/** One scripted connection: the server's end, and in `socket` the client's. */
class ScriptedPeer implements ScriptedConnection {
  readonly socket: TransportSocket;
  readonly #request: TransportRequest;
  readonly #sink: TransportSink;
  readonly #script = new Subscription();
  #phase: 'connecting' | 'open' | 'closed' = 'connecting';
  /** What the client has not read, while it is paused; and what a script does before the client has its socket. */
  #unread: (() => void)[] | undefined = [];

  constructor(script: Observable<ScriptStep>, request: TransportRequest, sink: TransportSink, client: ScriptedClient) {
    this.#request = request;
    this.#sink = sink;
    this.socket = this.#socket(client);
    this.#script.add(
      script.subscribe({
        next: (step) => this.#arrive(() => step.act(this)),
        error: () => this.#arrive(() => this.drop()),
        complete: () => this.#arrive(() => this.close(1000, '')),
      }),
    );
    if (this.#unread?.length) void Promise.resolve().then(() => this.#read());
    else this.#unread = undefined;
  }

  open(): void {
    if (this.#phase !== 'connecting') throw new Error('A script opens its connection twice.');
    this.#phase = 'open';
    this.#sink.onOpen(this.#request.protocols[0] ?? '', '');
  }

  message(data: string | Uint8Array): void {
    if (this.#phase !== 'open') throw new Error('A script sends before its connection is open: put an `o` first.');
    this.#sink.onMessage(data, data.length);
  }

  pong(payload: string): void {
    this.#sink.onPong(payload);
  }

  refuse(status: number, headers: Readonly<Record<string, string>>): void {
    this.#sink.onError(refusedWith(status, headers, this.#request.scheduler.now()));
    this.#end(1006, '', false);
  }

  close(code: number, reason: string): void {
    if (this.#phase === 'open') this.#end(code, reason, true);
    else this.drop();
  }

  drop(): void {
    if (this.#phase === 'connecting') {
      this.#sink.onError(
        new HandshakeError(`Cannot connect to ${redactUrl(this.#request.url)}: refused by the script`),
      );
    }
    this.#end(1006, '', false);
  }

  #socket(client: ScriptedClient): TransportSocket {
    const readyState = () => ({ connecting: 0, open: 1, closed: 3 })[this.#phase];
    return {
      get readyState() {
        return readyState();
      },
      bufferedAmount: 0,
      send: (data) => client.sent(data),
      ping: (payload = '') => {
        if (client.isPonged) this.#arrive(() => this.pong(payload));
      },
      pause: () => void (this.#unread ??= []),
      resume: () => this.#read(),
      close: (code: number, reason: string) => {
        client.closed({ code, reason });
        this.#end(code, reason, true);
      },
      terminate: () => this.#stop(),
    };
  }

  #arrive(arrival: () => void): void {
    if (this.#unread) this.#unread.push(arrival);
    else if (this.#phase !== 'closed') arrival();
  }

  #read(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const arrival of unread) this.#arrive(arrival);
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    this.#stop();
    this.#sink.onClose(code, reason, wasClean);
  }

  #stop(): void {
    this.#phase = 'closed';
    this.#script.unsubscribe();
  }
}

function parsed(data: string | Uint8Array): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
