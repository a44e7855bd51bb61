/*
 * The error tree.
 *
 *   WebSocketError            { fatal, cause?, retryAfter? }
 *   ├─ ConnectionClosedError  { code, reason, wasClean }   an open connection ended, and we did not ask for it
 *   ├─ HandshakeError         { status?, headers?, body? } a connection never opened
 *   ├─ ConnectTimeoutError                                 … not within `connectTimeout`
 *   ├─ HeartbeatTimeoutError                               the peer fell silent
 *   ├─ SetupError             { cause }                    what `onOpen` was given failed
 *   ├─ DecodeError            { data, cause }              an inbound message could not be read
 *   ├─ OutboxOverflowError    { capacity }                 thrown by `messages.next` under `overflow: 'error'`
 *   ├─ BufferOverflowError    { highWaterMark }            a consumer fell too far behind
 *   └─ FatalCloseError        { cause }                    `stopOnFatalClose` stopped on `cause`
 *
 * Each has a guard that goes by brand and not by class, so that it also knows an error made by another copy of this
 * package (ESM beside CJS, two versions in one tree).
 */

import { describe, refuse } from './arguments.js';
import { sentenceOf } from './sentence-of.js';

/** Known by this in every copy of the package. @internal */
export const BRAND = Symbol.for('rxwire.error');

/** What every error of this library can be given. */
export interface WebSocketErrorOptions {
  /** No retry can cure it: `retryWithBackoff` gives up at once. @default false */
  fatal?: boolean | undefined;
  /** What led to it. */
  cause?: unknown;
  /** Milliseconds before which the server wants no new attempt: a number of 0 or more. */
  retryAfter?: number | undefined;
}

/** Whether something is a wait that a server may ask for. @internal */
export function isWait(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

/** The base of all errors of this library. Throw one with `fatal: true` to end the retries from your own code. */
export class WebSocketError extends Error {
  /** The name of the class, which minifiers leave alone. */
  override readonly name: string = 'WebSocketError';
  /** No retry can cure it. */
  declare readonly fatal: boolean;
  /** Milliseconds before which the server wants no new attempt. */
  declare readonly retryAfter?: number;

  /**
   * @param options its fields: those of every error, and those that a subclass declares
   * @throws RangeError where `retryAfter` is anything but a number of 0 or more
   */
  constructor(message: string, options?: WebSocketErrorOptions) {
    super(message, options);
    const { retryAfter, fatal } = options ?? {};
    if (retryAfter !== undefined && !isWait(retryAfter)) {
      refuse('retryAfter', 'a number of 0 or more', retryAfter, RangeError);
    }
    Object.assign(this, options, { fatal: !!fatal });
  }

  /** Known by this in every copy of the package. @internal */
  readonly [BRAND] = true;

  /** Safe to log: the sentence, the fields and the cause's sentence, but no payload. */
  toJSON(): object {
    const { message, cause } = this;
    return { ...(this as object), message, cause: cause && describe(cause), data: undefined };
  }
}

/** How a connection ended. */
export interface CloseFields {
  /** The close code (RFC 6455 section 7.4); 1006 where no Close frame was received. */
  code: number;
  /** The words of the side that closed, at most 123 bytes of the peer's; mostly empty. */
  reason: string;
  /** Whether the close handshake was completed. */
  wasClean: boolean;
}

/** An open connection ended, cleanly or not, without our asking for it. */
export class ConnectionClosedError extends WebSocketError implements CloseFields {
  override readonly name = 'ConnectionClosedError';
  declare readonly code: number;
  declare readonly reason: string;
  declare readonly wasClean: boolean;

  constructor(fields: CloseFields, options?: WebSocketErrorOptions) {
    const { code, reason } = fields;
    super(`The connection was closed with code ${code}${reason && ` (${reason})`}.`, {
      ...options,
      ...fields,
    });
  }
}

/** What {@link HandshakeError} can be given. */
export interface HandshakeErrorOptions extends WebSocketErrorOptions {
  /** The HTTP status of the refusal, where one was seen (Node). */
  status?: number | undefined;
  /** The response's headers, names in lower case (Node). */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The response's body as text (Node). */
  body?: string | undefined;
}

/** A connection never opened: refused, broken off, or one of its factories failed. */
export class HandshakeError extends WebSocketError {
  override readonly name = 'HandshakeError';
  /** The HTTP status; `undefined` in browsers, which hide it, and where no response came. */
  declare readonly status: number | undefined;
  /** No fields of their own, which every log would show: cookies are in them, and what a `location` says of our URL. */
  readonly #headers: Readonly<Record<string, string>> | undefined;
  readonly #body: string | undefined;

  constructor(message: string, { headers, body, ...options }: HandshakeErrorOptions = {}) {
    super(message, { status: undefined, ...options });
    this.#headers = headers;
    this.#body = body;
  }

  /** The response's headers, names in lower case; not shown in logs. */
  get headers(): Readonly<Record<string, string>> | undefined {
    return this.#headers;
  }

  /**
   * What the server said of its refusal: at most 64 KiB of the response's body as text, read for a second at most; not
   * shown in logs. `undefined` where no response came.
   */
  get body(): string | undefined {
    return this.#body;
  }
}

/** The connection was not open within `connectTimeout`. */
export class ConnectTimeoutError extends WebSocketError {
  override readonly name = 'ConnectTimeoutError';
}

/** The peer gave no sign of life within the heartbeat's `timeout`. */
export class HeartbeatTimeoutError extends WebSocketError {
  override readonly name = 'HeartbeatTimeoutError';
}

/** What `onOpen` was given failed; the `cause` says how. */
export class SetupError extends WebSocketError {
  override readonly name = 'SetupError';
}

/** An inbound message could not be decoded, or a schema refused it. */
export class DecodeError extends WebSocketError {
  override readonly name = 'DecodeError';
  /** The message as it came. */
  declare readonly data: string | Uint8Array;

  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- says what it takes beyond its base
  constructor(message: string, options: WebSocketErrorOptions & Pick<DecodeError, 'data'>) {
    super(message, options);
  }
}

/** The outbox was full; thrown by `messages.next` under `overflow: 'error'`. */
export class OutboxOverflowError extends WebSocketError {
  override readonly name = 'OutboxOverflowError';
  /** How many messages the outbox holds, where that was the bound. */
  declare readonly capacity?: number;
  /** How many bytes the outbox holds, where that was the bound. */
  declare readonly maxBytes?: number;

  constructor(limit: number, bound: 'capacity' | 'maxBytes' = 'capacity') {
    const unit = bound === 'capacity' ? 'messages' : 'bytes';
    super(`The outbox is full: \`${bound}\` lets ${limit} ${unit} wait for a connection.`, {
      [bound]: limit,
    });
  }
}

/** A consumer fell further behind than its buffer holds, and nothing could be paused. */
export class BufferOverflowError extends WebSocketError {
  override readonly name = 'BufferOverflowError';
  /** How many values the buffer holds. */
  declare readonly highWaterMark: number;

  constructor(highWaterMark: number) {
    super(`The buffer is full: ${highWaterMark} values wait for a slow consumer.`, {
      highWaterMark,
    } as WebSocketErrorOptions);
  }
}

/** The connection ended in a way that no retry can cure; `cause` is the error that it ended with. */
export class FatalCloseError extends WebSocketError {
  override readonly name = 'FatalCloseError';

  constructor(cause: Error) {
    super(`No retry can cure this: ${sentenceOf(cause)}`, { cause, fatal: true });
  }
}
