import type { ConnectionPort } from '../protocol/session-port.js';
import type { ConnectionCore } from './connection-core.js';

/** What sessions need of a connection beyond its public members. */
export function connectionPort<In, Out>(core: ConnectionCore<In, Out>): ConnectionPort<In, Out> {
  const { outgoing, config } = core;
  return {
    nextId: () => core.nextId(),
    send(value, receipt) {
      const waiting = outgoing.sendWithReceipt(value, receipt);
      return () => waiting && outgoing.takeBack(waiting);
    },
    reject: (cause) => void core.attempts.members.some(({ link }) => link?.rejectCurrent(cause)),
    drop: (cause) => outgoing.dropped.refuse(cause),
    attach: (session) => outgoing.sessions.attach(session),
    pump: () => outgoing.pump(),
    inOrder: (action) => (core.run ? core.run.inOrder(action) : action()),
    scheduler: config.scheduler,
    pacers: () => config.pace.map((pace) => pace.meter(config.scheduler)),
    get begun() {
      return core.attempts.begun;
    },
    get isConnecting() {
      return core.attempts.members.some(({ phase }) => phase === 'connecting');
    },
    get settled() {
      return core.attempts.settlements;
    },
    gate: (gate) => void (core.attempts.gate = gate),
  };
}
