import type { ConnectionState } from '../connection/state.js';

/** Every state, because a series that is missing is no 0. */
export const STATES: readonly ConnectionState['status'][] = [
  'idle',
  'connecting',
  'open',
  'reconnecting',
  'closing',
  'closed',
  'failed',
];
