import { Buffer } from 'node:buffer';
import { isHandshakeError, redactSecrets } from '../index.node.js';
import type { TransportSink } from '../index.node.js';
import type { RecordedClientEvent, RecordedEvent, RecordedServerEvent } from '../testing/recording.js';
import type { TransportObserver } from './observed-transport.js';
import { payloadText } from './payload-text.js';
import { redactBytes, redactMessage } from './redact-message.js';

/** How many events of the client are held back, so that a silence of the server is written before them. */
const MOST_HELD = 1000;

type Timeless<E> = E extends unknown ? Omit<E, 'at'> : never;

/** Makes events of a recording of what passes through one connection, without secrets. */
export class ConnectionRecorder implements TransportObserver {
  readonly sink: TransportSink;
  readonly #now: () => number;
  readonly #write: (event: RecordedEvent) => void;
  /** What the client did since something arrived last. */
  #held: RecordedClientEvent[] = [];
  #last = 0;
  #isOver = false;
  #error: Error | undefined;

  /** @param now milliseconds since the attempt to connect */
  constructor(now: () => number, write: (event: RecordedEvent) => void) {
    this.#now = now;
    this.#write = write;
    this.sink = {
      onOpen: (protocol, extensions) =>
        this.#arrived({
          type: 'open',
          ...(protocol && { protocol: redactSecrets(protocol) }),
          ...(extensions && { extensions }),
        }),
      onMessage: (data) =>
        this.#arrived(
          typeof data === 'string'
            ? { type: 'message', data: redactMessage(data) }
            : { type: 'binary', data: base64(redactBytes(data)) },
        ),
      onPing: (payload) => this.#arrived({ type: 'ping', data: textOf(payload) }),
      onPong: (payload) => this.#arrived({ type: 'pong', data: textOf(payload) }),
      onError: (error) => (this.#error ??= error),
      onClose: (code, reason, _, initiator = 'remote') => {
        this.#arrived(this.#end(code, reason, initiator));
        this.#isOver = true;
      },
    };
  }

  sent(data: string | Uint8Array): void {
    if (typeof data === 'string') this.#did({ type: 'sent', data: redactMessage(data) });
    else this.#did({ type: 'sentBinary', data: base64(redactBytes(data)) });
  }

  pinged(payload: string): void {
    this.#did({ type: 'sentPing', data: redactSecrets(payload) });
  }

  closed(code: number, reason: string): void {
    this.#did({ type: 'sentClose', code, reason: redactSecrets(reason) });
  }

  terminated(): void {
    if (this.#isOver) return;
    if (this.#error === undefined) this.#write({ at: this.#last, type: 'silence' });
    this.#did({ type: 'terminated' });
    this.#flush();
    this.#isOver = true;
  }

  #end(code: number, reason: string, initiator: 'local' | 'remote'): Timeless<RecordedServerEvent> {
    const error = this.#error;
    if (isHandshakeError(error) && error.status !== undefined) {
      return {
        type: 'refused',
        status: error.status,
        ...(error.retryAfter !== undefined && headersOf(error.retryAfter)),
      };
    }
    if (code !== 1006 && initiator === 'remote') return { type: 'close', code, reason: redactSecrets(reason) };
    const message = reason || error?.message;
    return { type: 'drop', ...(message && { message: redactSecrets(message) }) };
  }

  #arrived(event: Timeless<RecordedServerEvent>): void {
    if (this.#isOver) return;
    this.#flush();
    const at = this.#at();
    this.#write({ at, ...event });
    this.#last = at;
  }

  #did(event: Timeless<RecordedClientEvent>): void {
    if (this.#isOver) return;
    this.#held.push({ at: this.#at(), ...event });
    if (this.#held.length > MOST_HELD) this.#last = this.#flush();
  }

  /** @returns when the last one of what is written happened */
  #flush(): number {
    const held = this.#held;
    this.#held = [];
    for (const event of held) this.#write(event);
    return held.at(-1)?.at ?? this.#last;
  }

  #at(): number {
    return Math.max(this.#last, Math.round(this.#now()));
  }
}

const base64 = (data: Uint8Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

/** In seconds: a date is of the wall clock, and the recording is played at another time. */
const headersOf = (retryAfter: number) => ({ headers: { 'retry-after': String(Math.ceil(retryAfter / 1000)) } });

const textOf = (payload: unknown) => redactSecrets(payloadText(payload));
