import { copyOf } from '../protocol/bytes.js';
import type { Receipt } from '../protocol/session-port.js';
import { utf8Length } from '../protocol/utf8-length.js';

/** An encoded message that waits. */
export interface Message {
  readonly frame: string | Uint8Array;
  /** Bytes; strings count as UTF-8. */
  readonly size: number;
  readonly receipt: Receipt | undefined;
  /** Since when it waits in the outbox, by the monotonic clock. What never did has no age. */
  since?: number;
  /** The same by the wall clock. */
  at?: number;
}

/** A message that is to wait: a copy, because the bytes belong to the caller again when `next` or `send` returns. */
export function messageOf(frame: string | Uint8Array, receipt?: Receipt): Message {
  return typeof frame === 'string'
    ? { frame, size: utf8Length(frame), receipt }
    : { frame: copyOf(frame), size: frame.length, receipt }; // a Buffer's `slice` is no copy
}
