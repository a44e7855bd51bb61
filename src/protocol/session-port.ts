import type { Observable } from 'rxjs';

/** Is given the end of a message that its sender asks after. */
export interface Receipt {
  /** The socket has taken it. */
  sent(): void;
  /** It was given up. */
  dropped(error: Error): void;
}

/** Somebody whose messages are made when their turn has come. @internal */
export interface Asker<Out> {
  /** Whether it has something to ask. */
  readonly hasWaiting: boolean;
  /** @returns what to send now, if anything */
  next(): { readonly value: Out; readonly receipt?: Receipt } | undefined;
}

/** Where {@link SessionPort} is on a connection and on a link. @internal */
export const SESSION_PORT: unique symbol = Symbol.for('rxwire.sessionPort') as never;

/** What sessions need of a connection beyond its public members; nobody else uses it. @internal */
export interface SessionPort<Out> {
  /** 1, 2, … for all that is made on the connection. */
  nextId(): number;
  /**
   * Sends as `messages.next` does (on a link: as `link.send` does), and reports the end of the message.
   * @returns takes the message back where it still waits
   */
  send(value: Out, receipt: Receipt): () => void;
  /** Reports the message that is being delivered as `rejected`. */
  reject(cause: unknown): void;
}

/** The same of a connection. @internal */
export interface ConnectionPort<Out> extends SessionPort<Out> {
  /** Asks somebody for messages whenever one may go: ahead of the outbox, under a pace in turns with it. @returns ends that */
  addAsker(asker: Asker<Out>): () => void;
  /** An asker has something to ask. */
  pump(): void;
  /** Does something in the order of the messages: during a handover, when what was received before has been delivered. */
  inOrder(action: () => void): void;
  /** Emits when a handshake has succeeded or an attempt has ended, whatever the supervision makes of that. */
  readonly settled: Observable<unknown>;
}
