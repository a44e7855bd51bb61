import { defer, Subject } from 'rxjs';
import type { ConnectionPort } from '../protocol/session-port.js';
import type { ConnectionCore } from './connection-core.js';

/** What sessions need of a connection beyond its public members. */
export function connectionPort<In, Out>(core: ConnectionCore<In, Out>): ConnectionPort<Out> {
  const { outgoing } = core;
  return {
    nextId: () => core.nextId(),
    send(value, receipt) {
      const waiting = outgoing.sendWithReceipt(value, receipt);
      return () => waiting && outgoing.takeBack(waiting);
    },
    reject: (cause) => void core.attempts.some(({ link }) => link?.rejectCurrent(cause)),
    addAsker(asker) {
      outgoing.askers.add(asker);
      return () => void outgoing.askers.delete(asker);
    },
    pump: () => outgoing.pump(),
    inOrder: (action) => (core.run ? core.run.inOrder(action) : action()),
    settled: defer(() => (core.settlements ??= new Subject())),
  };
}
