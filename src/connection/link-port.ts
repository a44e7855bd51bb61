import type { CloseFields } from '../protocol/errors.js';
import type { SessionPort } from '../protocol/session-port.js';
import type { ConnectionLink } from './connection-link.js';
import type { SenderCore } from './link-sender.js';

/** What sessions need of a link beyond its public members. */
export function linkPort<In, Out>(
  link: ConnectionLink<In, Out>,
  { outgoing }: SenderCore<In, Out>,
  closed: CloseFields | undefined,
): SessionPort<Out> {
  const { codec, sender } = link;
  return {
    closed,
    send: (value, receipt) => {
      const frame = outgoing.encoding.encode(value, receipt, codec);
      const waiting = frame === undefined ? undefined : sender.send('own', frame, receipt);
      return () => waiting && sender.lines!.takeBack(waiting);
    },
    reject: (cause) => void link.rejectCurrent(cause),
    drop: (cause) => outgoing.dropped.refuse(cause),
  };
}
