import { describe } from '../src/protocol/arguments.js';
import { bytesOf } from '../src/protocol/bytes.js';
import { WebSocketError } from '../src/protocol/errors.js';
import { disown } from '../src/protocol/is-thenable.js';
import type { Link } from '../src/protocol/link.js';

/** What a heartbeat sends: a ping frame, nothing, or a message that a function makes. */
export type Ping = 'frame' | 'none' | (() => string | Uint8Array);

/**
 * Makes the next ping.
 *
 * @returns its frame; none for a ping frame, which `link.ping` makes
 * @throws WebSocketError, fatal, where there is none to send; and what the function throws
 */
export function nextPing(link: Link, ping: Ping): string | Uint8Array | undefined {
  if (typeof ping !== 'function') {
    if (link.ping) return undefined;
    throw new WebSocketError('This transport has no ping frames: give `heartbeat` a `ping` function.', { fatal: true });
  }
  const made: unknown = ping();
  const frame = typeof made === 'string' ? made : bytesOf(made);
  if (frame !== undefined) return frame;
  disown(made);
  const cause = new TypeError(`Expected what \`ping\` returns to be a string or bytes, got ${describe(made)}.`);
  throw new WebSocketError(`The heartbeat has no ping to send. ${cause.message}`, { cause, fatal: true });
}
