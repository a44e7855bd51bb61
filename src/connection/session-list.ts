import type { CloseFields } from '../protocol/errors.js';
import type { Receipt, Session } from '../protocol/session-port.js';
import type { ConnectionLink } from './connection-link.js';

/** The sessions on a connection. */
export class SessionList<In, Out> {
  readonly #sessions = new Set<Session<In, Out>>();
  /** The open connection that sessions know of. */
  #opened: ConnectionLink<In, Out> | undefined;

  /** @returns ends that */
  attach(session: Session<In, Out>): () => void {
    this.#sessions.add(session);
    if (this.#opened?.writable) session.opened(this.#opened);
    return () => void this.#sessions.delete(session);
  }

  /** Another connection opens. */
  opening(): void {
    this.#opened = undefined;
  }

  opened(link: ConnectionLink<In, Out>): void {
    this.#opened = link;
    for (const session of this.#sessions) session.opened(link);
  }

  ended(link: ConnectionLink<In, Out>, fields: CloseFields): void {
    for (const session of this.#sessions) session.ended(link, fields);
  }

  get hasWaiting(): boolean {
    for (const { hasWaiting } of this.#sessions) if (hasWaiting) return true;
    return false;
  }

  get isIdle(): boolean {
    for (const { isIdle } of this.#sessions) if (!isIdle) return false;
    return true;
  }

  /** Asks for the next message until one can be encoded. */
  ask(encode: (value: Out, receipt: Receipt | undefined) => string | Uint8Array | undefined) {
    for (const session of this.#sessions) {
      for (let asked; (asked = session.next());) {
        const { value, receipt } = asked;
        const frame = encode(value, receipt);
        if (frame !== undefined) return { frame, size: 0, receipt }; // no copy, no size: it goes now
      }
    }
    return undefined;
  }
}
