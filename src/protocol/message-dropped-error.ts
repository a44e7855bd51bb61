import { isWebSocketError } from './error-guards.js';
import { WebSocketError } from './errors.js';
import type { WebSocketErrorOptions } from './errors.js';
import type { DroppedEvent } from './lifecycle.js';

const WHY: Readonly<Record<DroppedEvent['reason'], string>> = {
  overflow: 'too many wait for a connection',
  expired: 'it has waited longer than `maxAge`',
  closed: 'the connection was closed',
  unserializable: 'it could not be encoded',
};

/** A message was given up before the socket took it: what `send` rejects with. */
export class MessageDroppedError extends WebSocketError {
  override readonly name = 'MessageDroppedError';
  /** As in the `dropped` event. */
  readonly reason: DroppedEvent['reason'];

  constructor(reason: DroppedEvent['reason'], options?: WebSocketErrorOptions) {
    super(`The message was not sent: ${WHY[reason]}.`, options);
    this.reason = reason;
  }
}

/** Whether an error is a {@link MessageDroppedError}, of whatever copy of this package. */
export function isMessageDroppedError(error: unknown): error is MessageDroppedError {
  return isWebSocketError(error) && error.name === 'MessageDroppedError';
}
