import type { LifecycleEvent } from './lifecycle.js';

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
  | { readonly type: 'cancelled'; readonly code: number; readonly reason: string } // close() while a retry waited
  | { readonly type: 'failed'; readonly error: Error } // the supervised lifecycle errored
  | { readonly type: 'completed' } // it completed: the state that the last `close` left stays
  | { readonly type: 'idle' }; // the last subscriber left

/**
 * The one table of states: idle → connecting → open → closing → closed, then reconnecting → connecting, or failed.
 * Returns the same state where a change moves nothing.
 */
export function transition(state: ConnectionState, change: StateChange): ConnectionState {
  switch (change.type) {
    case 'idle':
    case 'connecting':
    case 'reconnecting':
    case 'failed': {
      const { type: status, ...data } = change;
      return { status, ...data } as ConnectionState;
    }
    case 'open':
      return { status: 'open', attempt: change.attempt, protocol: change.protocol };
    case 'closing':
      return state.status === 'open' || state.status === 'connecting' ? { status: 'closing' } : state;
    case 'completed':
      return state.status === 'closed' ? state : { status: 'idle' };
    case 'cancelled':
    case 'close':
      // Only a wait can be cancelled, and only a supervision that gave a connection up waits before it is closed.
      return (change.type === 'cancelled') === (state.status === 'reconnecting')
        ? { status: 'closed', code: change.code, reason: change.reason }
        : state;
    default:
      change satisfies { type: 'heartbeat' | 'rejected' | 'dropped' | 'error' };
      return state;
  }
}
