import { Subject } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { expectFunction, wrongType } from '../arguments.js';
import { HandshakeError } from '../errors.js';
import { redactUrl, refusedWith } from '../handshake.js';
import type { Transport, TransportRequest, TransportSink, TransportSocket } from '../transport/transport.js';
import { isPong, opens, stepFor } from './script.js';
import type { ScriptedConnection, ScriptStep } from './script.js';

/** What turns marbles into an Observable: `RunHelpers['cold']`, or `coldOn(scheduler)` outside a test. */
export type Cold = (marbles: string, values?: Record<string, ScriptStep>) => Observable<ScriptStep>;

/** What a client connected with. */
export interface ScriptedRequest {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** A server that follows a script. */
export interface ScriptedServer {
  /** To be given to `observeWebSocket({ url, transport })`. Pauses and pings as `ws` does. */
  readonly transport: Transport;
  /** What clients send, hot: parsed where it is JSON, else as it is. */
  readonly sent: Observable<unknown>;
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
 * @throws TypeError where there is no script
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
  if (typeof scripts !== 'object' || typeof scripts[0] !== 'string') {
    throw wrongType('scripts', 'an array of at least one marble string', scripts);
  }
  const connections: ScriptedRequest[] = [];
  const sent = new Subject<unknown>();

  return {
    sent: sent.asObservable(),
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
        const answersPings = !letters.some((letter) => isPong(values[letter]));
        return new ScriptedSocket((cold as Cold)(script, steps), answersPings, request, sink, sent);
      },
    },
  };
}

/** The client's end of a scripted connection. */
class ScriptedSocket implements TransportSocket, ScriptedConnection {
  readonly bufferedAmount = 0;
  readonly #answersPings: boolean;
  readonly #request: TransportRequest;
  readonly #sink: TransportSink;
  readonly #sent: Subject<unknown>;
  readonly #script: Subscription;
  #phase: 'connecting' | 'open' | 'closed' = 'connecting';
  /** What the client has not read, while it is paused. */
  #unread: (() => void)[] | undefined;

  constructor(
    script: Observable<ScriptStep>,
    answersPings: boolean,
    request: TransportRequest,
    sink: TransportSink,
    sent: Subject<unknown>,
  ) {
    this.#answersPings = answersPings;
    this.#request = request;
    this.#sink = sink;
    this.#sent = sent;
    this.#script = script.subscribe({
      next: (step) => this.#read(() => step.act(this)),
      error: () => this.#read(() => this.drop()),
      complete: () => this.#read(() => this.close(1000, '')),
    });
  }

  // The server's side

  open(): void {
    if (this.#phase !== 'connecting') throw new Error('A script opened its connection twice.');
    this.#phase = 'open';
    this.#sink.open(this.#request.protocols[0] ?? '', '');
  }

  message(data: string | Uint8Array): void {
    if (this.#phase !== 'open')
      throw new Error('A script sent a message before it opened its connection: put an `o` first.');
    this.#sink.message(data, data.length);
  }

  refuse(status: number, headers: Readonly<Record<string, string>>): void {
    this.#sink.error(refusedWith(status, headers, this.#request.scheduler.now()));
    this.#close(1006, '', false);
  }

  pong(payload: string): void {
    this.#sink.pong(payload);
  }

  /** Either side closes, and the other one answers at once. */
  close(code: number, reason: string): void {
    if (this.#phase === 'open') this.#close(code, reason, true);
    else this.drop();
  }

  drop(): void {
    if (this.#phase === 'connecting') {
      this.#sink.error(new HandshakeError(`Cannot connect to ${redactUrl(this.#request.url)}: refused by the script`));
    }
    this.#close(1006, '', false);
  }

  // The client's side

  get writable(): boolean {
    return this.#phase === 'open';
  }

  send(data: string | Uint8Array): number {
    this.#sent.next(parsed(data));
    return data.length;
  }

  ping(payload = ''): void {
    if (this.#answersPings) this.#read(() => this.#sink.pong(payload));
  }

  pause(): void {
    this.#unread ??= [];
  }

  resume(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const arrival of unread) this.#read(arrival);
  }

  terminate(): void {
    this.#phase = 'closed';
    this.#script.unsubscribe();
  }

  #read(arrival: () => void): void {
    if (this.#unread) this.#unread.push(arrival);
    else if (this.#phase !== 'closed') arrival();
  }

  #close(code: number, reason: string, wasClean: boolean): void {
    this.terminate();
    this.#sink.close(code, reason, wasClean);
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
