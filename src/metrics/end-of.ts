import { ConnectionClosedError, HandshakeError } from '../protocol/errors.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { Link } from '../protocol/link.js';
import { insideOf } from '../protocol/session-port.js';

/**
 * Reads from the events of a connection what it ended with, where no `reconnecting` says so: behind a refresh, behind
 * RxJS's own `retry`.
 *
 * @returns a function that is given each event, and returns the error of a `close` that was not asked for
 */
export function endOf(connection: object): (event: LifecycleEvent) => Error | undefined {
  let link: Link | undefined;
  let reported: Error | undefined;
  return (event) => {
    if (event.type === 'connecting') link = reported = undefined;
    if (event.type === 'open') ({ link } = event);
    if (event.type === 'error') reported = event.error;
    if (event.type !== 'close') return undefined;
    if (link?.error ?? reported) return link?.error ?? reported;
    if (event.initiator === 'local') return insideOf(connection)?.health.error; // no event says why we gave up
    return link ? new ConnectionClosedError(event) : new HandshakeError('The handshake failed.');
  };
}
