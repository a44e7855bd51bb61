import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectFunction, expectObject, expectString, refuse } from '../protocol/arguments.js';
import type { Transport } from '../transport/transport.js';
import { isPong, opens, stepFor } from './script.js';
import type { ScriptStep } from './script.js';
import { ScriptedPeer } from './scripted-peer.js';
import type { ClientClose } from './scripted-peer.js';

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

function parsed(data: string | Uint8Array): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
