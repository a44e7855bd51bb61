import { BehaviorSubject, Subject } from 'rxjs';
import type { WebSocketConnection } from '../../src/index.js';

/** A connection of somebody’s own, whose events the test emits. */
export interface StandIn {
  readonly connection: WebSocketConnection;
  emit(...events: object[]): void;
}

/** Has the public members that are read of one that is measured, and links without an `error`. */
export function standIn(): StandIn {
  const events = new Subject<object>();
  const state = new BehaviorSubject({ status: 'connecting' });
  const connection = { events, state, stats: { opens: 0, received: 0 } };
  return {
    connection: connection as unknown as WebSocketConnection,
    emit: (...some) => some.forEach((event) => events.next(event)),
  };
}
