import { filter, map, Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectFunction, expectObject, expectString, refuse } from '../protocol/arguments.js';
import type { Transport } from '../transport/transport.js';
import { stepsOf } from './answer.js';
import { partsOf, sideBySide } from './in-parts.js';
import { isInRunMode } from './run-mode.js';
import { scriptsWith } from './letters.js';
import type { Script } from './letters.js';
import type { RecordedScripts } from './recorded.js';
import type { ScriptStep } from './script.js';
import { ScriptedPeer } from './scripted-peer.js';
import type { ClientAction, ClientClose, ClientFrame, ServerLogEntry } from './server-log.js';

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

/** Options of {@link scriptedServer}. */
export interface ScriptedServerOptions {
  /**
   * Makes the answer to a message: a value, several in an array (`[[1, 2]]` is one message, an array), a step like
   * `closeWith(4401)`, an Observable or a Promise of these, or `undefined` for none. The error of an Observable breaks the
   * connection.
   *
   * It is called after the client has sent, in the same millisecond. Answers are held back while the client is paused, and
   * end with the connection.
   *
   * @param message parsed if it is JSON
   * @param connection the index in `server.connections`
   * @default no answers
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the message is of the type that the test knows
  readonly reply?: ((message: any, connection: number) => unknown) | undefined;
  /**
   * Whether the transport can pause the server. Those of browsers cannot.
   *
   * @default true
   */
  readonly canPause?: boolean | undefined;
  /**
   * Whether the transport has ping frames. Those of browsers have none.
   *
   * @default true
   */
  readonly canPing?: boolean | undefined;
}

/** A server that plays scripts, for tests. */
export interface ScriptedServer {
  /** The transport to pass to `observeWebSocket({ url, transport })`. By default it can pause and ping, like `ws`. */
  readonly transport: Transport;
  /** Emits the messages that clients send, parsed if they are JSON. Hot. */
  readonly sent: Observable<unknown>;
  /** Emits the same as they are, text or bytes, with the index of the connection. Hot. */
  readonly frames: Observable<ClientFrame>;
  /** Emits the Close frames that clients send. Hot. */
  readonly closes: Observable<ClientClose>;
  /** Emits everything that clients do, their pings and pauses included. Hot. */
  readonly log: Observable<ServerLogEntry>;
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
 *   as a binary frame. {@link closeWith}, {@link refuseWith}, {@link accept}, {@link pong},
 *   {@link ping}, {@link raw} and {@link silence} make other steps.
 *
 * Time in a script is counted from the start of the connection attempt. A Close frame of the client is answered at once.
 * Its pings are too, unless the script has a `pong()`. While the client is paused, everything is held back.
 *
 * @param cold `RunHelpers['cold']` of a `TestScheduler`, or `coldOn(scheduler)`
 * @param scripts one marble string per connection, or a recording: see {@link recorded}
 * @param values the values of letters. Default: each letter is its own value
 * @param options answers to messages, and what the transport cannot do
 * @throws TypeError for a bad argument, if there is no script, or if a value cannot be sent
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
  scripts: readonly string[] | RecordedScripts,
  values: Readonly<Record<string, unknown>> = {},
  options: ScriptedServerOptions = {},
): ScriptedServer {
  expectFunction('cold', cold);
  expectObject('values', values);
  expectObject('options', options);
  const { reply, canPause = true, canPing = true } = options;
  if (reply !== undefined) expectFunction('reply', reply);
  if (typeof canPause !== 'boolean') refuse('canPause', 'a boolean', canPause);
  if (typeof canPing !== 'boolean') refuse('canPing', 'a boolean', canPing);
  const played = scriptsOf(scripts, values);
  const connections: ScriptedRequest[] = [];
  const log = new Subject<ServerLogEntry>();
  const frames = new Subject<ClientFrame>();

  return {
    sent: log.pipe(
      filter((entry) => entry.type === 'message'),
      map(({ message }) => message),
    ),
    closes: log.pipe(
      filter((entry) => entry.type === 'close'),
      map(({ code, reason }) => ({ code, reason })),
    ),
    log: log.asObservable(),
    frames: frames.asObservable(),
    connections,
    transport: {
      canPause,
      canSetHeaders: true,
      open(request, sink) {
        new URL(request.url); // throws as a real transport does
        const { url, protocols, headers } = request;
        const connection = connections.length;
        const { marbles, steps, hasPong } = played[Math.min(connection, played.length - 1)]!;
        connections.push({ url, protocols, headers });
        const note = (action: ClientAction) => log.next({ connection, ...action });
        note({ type: 'connect', url, protocols, headers });
        const parts = isInRunMode() ? partsOf(marbles) : [marbles]; // `coldOn` keeps their order by itself
        return new ScriptedPeer(request, sink, {
          script: sideBySide(parts.map((part) => (cold as Cold)(part, steps))),
          isPonged: !hasPong,
          reply: reply && ((message) => stepsOf(reply(message, connection))),
          canPause,
          canPing,
          note,
          noteFrame: (data) => frames.next({ connection, data }),
        }).socket;
      },
    },
  };
}

function scriptsOf(scripts: readonly string[] | RecordedScripts, values: Readonly<Record<string, unknown>>): Script[] {
  const isRecorded = typeof scripts === 'object' && scripts !== null && 'scripts' in scripts;
  const list = isRecorded ? scripts.scripts : scripts;
  if (typeof list !== 'object' || !list?.length) refuse('scripts', 'an array of at least one marble string', list);
  list.forEach((script, index) => expectString(`scripts[${index}]`, script));
  return scriptsWith(isRecorded ? { ...scripts.values, ...values } : values, list);
}
