import { WebSocketError } from '../protocol/errors.js';
import type { DroppedEvent } from '../protocol/lifecycle.js';
import { MessageDroppedError } from '../protocol/message-dropped-error.js';
import type { Receipt } from '../protocol/session-port.js';
import { sentenceOf } from '../protocol/sentence-of.js';
import { toError } from '../protocol/to-error.js';
import { loggable } from '../logging/loggable.js';
import type { Message } from './message.js';
import type { Counters } from './stats.js';

/** Emits what was dropped. */
export interface DroppedHost {
  emitDropped(event: DroppedEvent): void;
}

/** Outbound messages that were given up: each is counted, and reported to listeners and to its sender. */
export class DroppedMessages {
  readonly #stats: Counters;
  readonly #host: DroppedHost;

  constructor(stats: Counters, host: DroppedHost) {
    this.#stats = stats;
    this.#host = host;
  }

  drop(messages: readonly Message[], reason: DroppedEvent['reason']): void {
    const receipts = messages.flatMap(({ receipt }) => receipt ?? []);
    this.report(messages.length, reason, undefined, receipts);
  }

  /** A message could not be made or encoded. */
  refuse(cause: unknown, receipt?: Receipt): void {
    const message = `A message could not be encoded: ${sentenceOf(toError(cause))}`;
    this.report(1, 'unserializable', new WebSocketError(message, { cause }), receipt && [receipt]);
  }

  report(count: number, reason: DroppedEvent['reason'], error?: Error, receipts?: readonly Receipt[]): void {
    if (count === 0) return;
    this.#stats.dropped += count;
    this.#host.emitDropped(loggable({ type: 'dropped', count, reason, ...(error && { error }) }));
    receipts?.forEach((receipt) => receipt.dropped(new MessageDroppedError(reason, { cause: error })));
  }
}
