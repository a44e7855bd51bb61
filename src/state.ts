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
  | { readonly type: 'idle' }; // the last subscriber left

/**
 * The one table of states: idle → connecting → open → closing → closed, then reconnecting → connecting, or failed.
 * Returns the same state where a change moves nothing.
 */
export function transition(state: ConnectionState, change: StateChange): ConnectionState {
  switch (change.type) {
    case 'connecting':
      return { status: 'connecting', attempt: change.attempt };
    case 'open':
      return { status: 'open', attempt: change.attempt, protocol: change.protocol };
    case 'closing':
      return state.status === 'open' || state.status === 'connecting' ? { status: 'closing' } : state;
    case 'cancelled':
      return state.status === 'reconnecting' ? { status: 'closed', code: change.code, reason: change.reason } : state;
    case 'close':
      return { status: 'closed', code: change.code, reason: change.reason };
    case 'reconnecting':
      return { status: 'reconnecting', retry: change.retry, delay: change.delay, error: change.error };
    case 'failed':
      return { status: 'failed', error: change.error };
    case 'idle':
      return { status: 'idle' };
    case 'heartbeat':
    case 'rejected':
    case 'dropped':
    case 'error':
      return state;
    default:
      return change satisfies never;
  }
}
