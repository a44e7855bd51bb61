import type { CloseFields } from '../protocol/errors.js';
import type { Link } from '../protocol/link.js';
import type { EncodedMessage, Encoder, Session, Sessions } from '../protocol/session-port.js';

/** The sessions on a connection; made for the first one. */
export class SessionList<In, Out> implements Sessions<In, Out> {
  readonly #sessions = new Set<Session<In, Out>>();
  readonly #encoding: Encoder<Out>;
  /** Whether the last message was a session's. */
  #wasSession = false;

  constructor(encoding: Encoder<Out>) {
    this.#encoding = encoding;
  }

  attach(session: Session<In, Out>, link: Link<In, Out> | undefined): () => void {
    this.#sessions.add(session);
    if (link?.writable) session.opened(link);
    return () => void this.#sessions.delete(session);
  }

  opened(link: Link<In, Out>): void {
    for (const session of this.#sessions) session.opened(link);
  }

  ended(link: Link<In, Out>, fields: CloseFields): void {
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

  pull<M>(inTurns: boolean, takeWaiting: () => M | undefined): M | EncodedMessage | undefined {
    const due = inTurns && this.#wasSession ? takeWaiting() : undefined;
    const asked = due ? undefined : this.#ask();
    const message = due ?? asked ?? takeWaiting();
    if (message) this.#wasSession = message === asked;
    return message;
  }

  /** Asks for the next message until one can be encoded. */
  #ask(): EncodedMessage | undefined {
    for (const session of this.#sessions) {
      for (let asked; (asked = session.next());) {
        const { value, receipt } = asked;
        const frame = this.#encoding.encode(value, receipt);
        if (frame !== undefined) return { frame, size: 0, receipt }; // no copy, no size: it goes now
      }
    }
    return undefined;
  }
}
