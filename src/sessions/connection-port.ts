import { Observable, Subject } from 'rxjs';
import type { ConnectionInside, ConnectionPort } from '../protocol/session-port.js';
import { rejectCurrent } from './link-port.js';
import { SessionList } from './session-list.js';

/** What sessions need of a connection beyond its public members. It lies here: who has no sessions loads none of it. */
export function connectionPort<In, Out>(inside: ConnectionInside<In, Out>): ConnectionPort<In, Out> {
  const { attempts, config, outgoing } = inside;
  return {
    nextId: () => inside.nextId(),
    send(value, receipt) {
      const waiting = outgoing.sendWithReceipt(value, receipt);
      return () => {
        if (waiting) outgoing.takeBack(waiting);
      };
    },
    reject: (cause) => void attempts.members.some(({ link }) => link && rejectCurrent(link, cause)),
    drop: (cause) => outgoing.dropped.refuse(cause),
    attach: (session) => {
      const link = inside.joinable === inside.run ? outgoing.opened : undefined; // not the link of a run that is closed
      return (outgoing.sessions ??= new SessionList(outgoing.encoding)).attach(session, link);
    },
    pump: () => outgoing.pump(),
    get joinable() {
      return inside.joinable;
    },
    deliveries: new Observable((reader) => {
      const { passive } = inside.run?.readers ?? {};
      passive?.add(reader);
      return () => passive?.remove(reader);
    }),
    inOrder: (action) => (inside.run ? inside.run.inOrder(action) : action()),
    scheduler: config.scheduler,
    pacers: () => config.pace.map((pace) => pace.meter(config.scheduler)),
    get begun() {
      return attempts.begun;
    },
    get isConnecting() {
      return attempts.members.some(({ phase }) => phase === 'connecting');
    },
    get settled() {
      return (attempts.settlements ??= new Subject()).asObservable();
    },
    gate: (gate) => void (attempts.gate = gate),
  };
}
