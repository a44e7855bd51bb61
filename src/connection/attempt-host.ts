import type { AttemptList } from './attempt-list.js';
import type { ResolvedConfig } from './config.js';
import type { Health } from './health.js';
import type { LinkHost } from './link-host.js';
import type { Outgoing } from './outgoing.js';
import type { Counters } from './stats.js';
import type { Turns } from './turns.js';

/** What an attempt needs of the connection that it belongs to. */
export interface AttemptCore<In, Out> {
  readonly config: ResolvedConfig<In, Out>;
  readonly stats: Counters;
  readonly health: Health;
  readonly turns: Turns;
  readonly outgoing: Outgoing<In, Out>;
  readonly attempts: AttemptList<In, Out>;
}

/** What an attempt needs of the run that it belongs to. */
export interface AttemptHost<In, Out> extends LinkHost<In, Out> {
  readonly core: AttemptCore<In, Out>;
  /** We began the closing handshake. */
  closing(): void;
  /** Runs `action` when all that its connection has received is delivered. In a handover that may wait. */
  whenDelivered(action: () => void): void;
}
