import { describe } from '../protocol/arguments.js';
import { isWebSocketError } from '../protocol/error-guards.js';
import { WebSocketError } from '../protocol/errors.js';

/** A request had no response within its `timeout`. */
export class RequestTimeoutError extends WebSocketError {
  override readonly name = 'RequestTimeoutError';
  /** Milliseconds that were waited. */
  readonly timeout: number;

  constructor(id: unknown, timeout: number) {
    super(`No response to the request ${describe(id)} within ${timeout} ms.`);
    this.timeout = timeout;
  }
}

/** Whether an error is a {@link RequestTimeoutError}, of whatever copy of this package. */
export function isRequestTimeoutError(error: unknown): error is RequestTimeoutError {
  return isWebSocketError(error) && error.name === 'RequestTimeoutError';
}
