import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { loggable } from '../logging/loggable.js';

/** Where a connection stands. */
export type ConnectionState =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'open'; readonly attempt: number; readonly protocol: string }
  | { readonly status: 'reconnecting'; readonly retry: number; readonly delay: number; readonly error: Error }
  | { readonly status: 'closing' }
  | { readonly status: 'closed'; readonly code: number; readonly reason: string }
  | { readonly status: 'failed'; readonly error: Error };

/** What moves the state: the events of the supervised lifecycle, and what its owner does to it. */
export type StateChange =
  | LifecycleEvent
  | { readonly type: 'closing' } // close() on an open connection: its handshake runs
  | { readonly type: 'cancelled'; readonly code: number; readonly reason: string } // close() where nothing was open
  | { readonly type: 'failed'; readonly error: Error } // the supervised lifecycle errored
  | { readonly type: 'completed' } // it completed, after a `close` or without
  | { readonly type: 'idle' }; // the last subscriber left

/**
 * The one table of states: idle → connecting → open → closing → closed, then reconnecting → connecting, or failed.
 * Returns the same state where a change moves nothing.
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
    case 'cancelled': // only a wait can be
    case 'close': // while a retry waits, of a connection that the supervision had given up
      return isWaiting === (change.type === 'cancelled')
        ? { status: 'closed', code: change.code, reason: change.reason }
        : state;
    default: {
      const { type: status, ...data } = change;
      return loggable({ status, ...data } as ConnectionState);
    }
  }
}
