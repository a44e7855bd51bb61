import type { LinkInside, SessionPort } from '../protocol/session-port.js';

/** What sessions need of a link beyond its public members. @param insideOf is asked again for how the link has ended */
export function linkPort<Out>(insideOf: () => LinkInside<Out>): SessionPort<Out> {
  const { link, outgoing } = insideOf();
  const { codec, sender } = link;
  return {
    get closed() {
      return insideOf().closed;
    },
    send: (value, receipt) => {
      const frame = outgoing.encoding.encode(value, receipt, codec);
      const waiting = frame === undefined ? undefined : sender.send('own', frame, receipt);
      return () => {
        if (waiting) sender.lines!.takeBack(waiting);
      };
    },
    reject: (cause) => rejectCurrent(link, cause),
    drop: (cause) => outgoing.dropped.refuse(cause),
  };
}

/** Reports the message that is being delivered. @returns whether there is one */
export function rejectCurrent(link: LinkInside<never>['link'], cause: unknown): boolean {
  if (link.frame === undefined) return false;
  link.reject(link.frame, cause);
  return true;
}
