import type { CloseEvent, OpenEvent } from '../protocol/lifecycle.js';
import type { Link } from '../protocol/link.js';
import { causedBy, toError } from '../protocol/to-error.js';
import type { AttemptHost } from './attempt-host.js';
import type { AttemptSocket } from './attempt-socket.js';
import { ConnectionLink } from './connection-link.js';
import type { LinkOwner } from './link-host.js';

/** The handshake has succeeded. @throws HandshakeError where no codec can be made */
export function beginLink<In, Out>(
  host: AttemptHost<In, Out>,
  owner: LinkOwner,
  socket: AttemptSocket<In, Out>,
): ConnectionLink<In, Out> {
  const { outgoing, stats } = host.core;
  socket.settle();
  stats.opens++;
  try {
    const codec = outgoing.encoding.codecForNew(outgoing.link !== undefined);
    return (socket.link = new ConnectionLink(host, owner, socket.raw!, codec));
  } catch (thrown) {
    const cause = toError(thrown);
    throw socket.noConnection(`its codec could not be made: ${cause.message}`, causedBy(cause));
  }
}

/** The headers are not shown in logs. */
export function openEvent(
  { number: attempt, socket: { url } }: { readonly number: number; readonly socket: { readonly url: string } },
  link: Link,
  protocol: string,
  extensions: string,
  headers: OpenEvent['headers'],
): OpenEvent {
  const open: OpenEvent = { type: 'open', attempt, url, protocol, extensions, link };
  return headers ? Object.defineProperty(open, 'headers', { value: headers }) : open;
}

/** The connection has ended. */
export function endLink<In, Out>(
  host: AttemptHost<In, Out>,
  link: ConnectionLink<In, Out>,
  error: Error | undefined,
  close: CloseEvent,
): void {
  link.stop(error);
  // Not before the message that is being delivered has reached everybody.
  host.core.turns.run(() => {
    host.whenDelivered(() => host.core.outgoing.sessions?.ended(link, close));
    link.complete();
  });
}
