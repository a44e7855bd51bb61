import { asyncScheduler, defer, NEVER } from 'rxjs';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { Link } from '../protocol/link.js';
import type { ConnectionPort, Receipt, Session } from '../protocol/session-port.js';
import { reportError } from '../rx/report-error.js';

/** The port of a connection that has none, such as a stand-in in a test: as far as its public members go. */
export function publicPort<In, Out>(connection: WebSocketConnection<In, Out>): ConnectionPort<In, Out> {
  const { messages, lifecycle } = connection;
  const sessions = new Set<Session<In, Out>>();
  /** Of messages that wait for a link in the connection. */
  const waiting = new Set<Receipt>();
  let link: Link<In, Out> | undefined;
  let lastId = 0;

  function sent(receipt: Receipt, send?: () => void): void {
    receipt.sending!(); // sessions want to know
    send?.();
    receipt.sent();
  }

  function pump(): void {
    for (const session of sessions) {
      for (let asked; link && (asked = session.next());) {
        const { value, receipt } = asked;
        sent(receipt, () => link?.send(value));
      }
    }
  }

  return {
    nextId: () => ++lastId,
    send(value, receipt) {
      if (link) sent(receipt, () => messages.next(value));
      else {
        waiting.add(receipt);
        messages.next(value);
      }
      return () => void waiting.delete(receipt);
    },
    reject: reportError,
    drop: reportError,
    attach(session) {
      sessions.add(session);
      link = connection.link;
      if (link) session.opened(link);
      const events = lifecycle.subscribe({
        next(event) {
          if (event.type === 'open') session.opened((link = event.link as Link<In, Out>));
          if (event.type === 'close' && link) session.ended(link, event);
          if (event.type === 'close') link = undefined;
          if (link) {
            for (const receipt of waiting) sent(receipt);
            waiting.clear();
          }
          pump();
        },
        error: () => undefined, // the messages end with the same error
      });
      return () => {
        sessions.delete(session);
        events.unsubscribe();
      };
    },
    pump,
    deliveries: defer(() => (connection.link as Link<In> | undefined)?.messages ?? NEVER),
    inOrder: (action) => action(),
    scheduler: asyncScheduler,
    pacers: () => [],
    begun: 0,
    isConnecting: false,
    settled: undefined,
    gate: () => undefined,
  };
}
