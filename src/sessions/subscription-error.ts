import { describe } from '../protocol/arguments.js';
import { isWebSocketError } from '../protocol/error-guards.js';
import { WebSocketError } from '../protocol/errors.js';

/** The server has refused a topic, or ended it with an error; `cause` is what `answerOf` gave as its `error`. */
export class SubscriptionError extends WebSocketError {
  override readonly name = 'SubscriptionError';
  /** The key of the topic. */
  readonly key: unknown;

  constructor(key: unknown, cause: unknown) {
    super(`The server has refused the topic ${describe(key)}: ${reasonIn(cause)}.`, { cause });
    this.key = key;
  }
}

/** Whether an error is a {@link SubscriptionError}, of whatever copy of this package. */
export function isSubscriptionError(error: unknown): error is SubscriptionError {
  return isWebSocketError(error) && error.name === 'SubscriptionError';
}

/** What a server gives as an error is a sentence, or has one in it. */
function reasonIn(cause: unknown): string {
  const { message } = Object(cause) as { message?: unknown };
  return (typeof message === 'string' ? message : describe(cause)).replace(/\.$/, '');
}
