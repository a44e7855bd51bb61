import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { loggable } from '../logging/loggable.js';

/** The state of a connection. */
export type ConnectionState =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'open'; readonly attempt: number; readonly protocol: string }
  | { readonly status: 'reconnecting'; readonly retry: number; readonly delay: number; readonly error: Error }
  | { readonly status: 'closing' }
  | { readonly status: 'closed'; readonly code: number; readonly reason: string }
  | { readonly status: 'failed'; readonly error: Error };

/** What changes the state: the events of the supervised lifecycle, `close()`, the end of the lifecycle and unsubscribing. */
export type StateChange =
  | LifecycleEvent
  | { readonly type: 'closing' } // close() on an open connection: its closing handshake begins
  | { readonly type: 'cancelled'; readonly code: number; readonly reason: string } // close() while a retry waits
  | { readonly type: 'failed'; readonly error: Error } // the supervised lifecycle errored
  | { readonly type: 'completed' } // the supervised lifecycle completed, with or without a `close` before
  | { readonly type: 'idle' }; // the last subscriber unsubscribed

/**
 * The state after a change: idle → connecting → open → closing → closed, then reconnecting → connecting, or failed.
 * Returns the same object if the change does not affect the state.
 */
export function transition(state: ConnectionState, change: StateChange): ConnectionState {
  const isWaiting = state.status === 'reconnecting';
  switch (change.type) {
    case 'heartbeat':
    case 'rejected':
    case 'dropped':
    case 'error':
      return state;
    case 'open':
      return { status: 'open', attempt: change.attempt, protocol: change.protocol };
    case 'completed':
      return state.status === 'closed' ? state : { status: 'idle' };
    case 'cancelled': // applies only while a retry waits
    case 'close': // ignored while a retry waits: it is of an abandoned connection
      return isWaiting === (change.type === 'cancelled')
        ? { status: 'closed', code: change.code, reason: change.reason }
        : state;
    default: {
      const { type: status, ...data } = change;
      return loggable({ status, ...data } as ConnectionState);
    }
  }
}
