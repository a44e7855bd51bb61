import type { WebSocket } from 'ws';
import type { Message } from './messages.js';
import type { Rules } from './rules.js';

/** A change or a snapshot of a book. */
export interface Sent {
  readonly symbol: string;
  readonly number: number;
  readonly isSnapshot: boolean;
}

/** What is to be sent on a connection, in the exchange's manner. */
export class Outgoing {
  readonly socket: WebSocket;
  readonly #rules: Rules;
  readonly #record: (sent: Sent) => void;
  /** As they are. */
  #frames: string[] = [];
  #messages: { readonly message: Partial<Message>; readonly sent: Sent | undefined }[] = [];

  /** @param record is called with what is sent of books */
  constructor(socket: WebSocket, rules: Rules, record: (sent: Sent) => void) {
    this.socket = socket;
    this.#rules = rules;
    this.#record = record;
  }

  frame(text: string): void {
    this.#frames.push(text);
  }

  message(message: Partial<Message>, sent?: Sent): void {
    this.#messages.push({ message, sent });
  }

  /** Whether nothing waits but changes of books. */
  get isAllDeltas(): boolean {
    return this.#messages.length > 0 && this.#messages.every(({ message }) => message.event === 'delta');
  }

  /** Sends all of it. A garbled message is no JSON, and neither is the frame that it is in. */
  flush(isLastGarbled: boolean): void {
    const messages = this.#messages.map(({ message }) => JSON.stringify(message));
    if (isLastGarbled) messages.push(messages.pop()!.slice(0, -9));
    for (const { sent } of this.#messages) if (sent) this.#record(sent);
    const frames = this.#rules.isBatched && messages.length ? [`[${messages.join()}]`] : messages;
    for (const frame of [...frames, ...this.#frames]) this.socket.send(frame);
    this.#messages = [];
    this.#frames = [];
  }
}
