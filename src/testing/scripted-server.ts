import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectFunction, expectObject, expectString, refuse } from '../protocol/arguments.js';
import type { Transport } from '../transport/transport.js';
import { isPong, opens, stepFor } from './script.js';
import type { ScriptStep } from './script.js';
import { ScriptedPeer } from './scripted-peer.js';
import type { ClientClose } from './scripted-peer.js';

/** Converts marbles to an Observable: `RunHelpers['cold']`, or `coldOn(scheduler)` outside a `TestScheduler`. */
export type Cold = (marbles: string, values?: Record<string, ScriptStep>) => Observable<ScriptStep>;

/** The handshake request of a client. */
export interface ScriptedRequest {
  /** The URL, with its credentials and query. */
  readonly url: string;
  /** The offered subprotocols. */
  readonly protocols: readonly string[];
  /** The headers; empty if there are none. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A server that plays scripts, for tests. */
export interface ScriptedServer {
  /** The transport to pass to `observeWebSocket({ url, transport })`. It can pause and ping, like `ws`. */
  readonly transport: Transport;
  /** Emits the messages that clients send, parsed if they are JSON. Hot. */
  readonly sent: Observable<unknown>;
  /** Emits the Close frames that clients send. Hot. */
  readonly closes: Observable<ClientClose>;
  /** The handshake requests so far, one per connection. */
  readonly connections: readonly ScriptedRequest[];
}

/**
 * Creates a server for tests that plays marble strings: one per connection, in order. The last one repeats.
 *
 * - `o`: the handshake succeeds
 * - `#`: the connection breaks (1006); before `o`, it is refused
 * - `|`: the server closes with 1000
 * - any other letter: the server sends its value in `values`, or the letter itself, as JSON text. A `Uint8Array` is sent
 *   as a binary frame. {@link closeWith}, {@link refuseWith}, {@link pong} and {@link raw} make other steps.
 *
 * Time in a script is counted from the start of the connection attempt. A Close frame of the client is answered at once.
 * Its pings are too, unless the script has a `pong()`. While the client is paused, everything is held back.
 *
 * @param cold `RunHelpers['cold']` of a `TestScheduler`, or `coldOn(scheduler)`
 * @param scripts one marble string per connection
 * @param values the values of letters. Default: each letter is its own value
 * @throws TypeError for a bad argument, or if there is no script
 *
 * @example
 * testScheduler.run(({ cold, expectObservable }) => {
 *   const server = scriptedServer(cold, ['o-a-b-#', 'o-c']);
 *   const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, retryWithBackoff({ delays: [3] }));
 *   expectObservable(feed.messages).toBe('--a-b-----c');
 * });
 */
export function scriptedServer(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- accepts any marble function, typed or not
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

function parsed(data: string | Uint8Array): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
