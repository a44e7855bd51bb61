import type { ConnectionState, LifecycleEvent } from 'rxwire';

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** What an event has to say beyond its type. */
export function describeEvent(event: LifecycleEvent): string {
  switch (event.type) {
    case 'connecting':
    case 'open':
      return `attempt ${event.attempt}`;
    case 'heartbeat':
      return `${event.latency} ms`;
    case 'close':
      return `${event.code} ${event.reason} ${event.initiator === 'local' ? 'by us' : 'by the peer'}`;
    case 'reconnecting':
      return `retry ${event.retry} in ${seconds(event.delay)}`;
    case 'dropped':
      return `${event.count} messages, ${event.reason}`;
    case 'error':
    case 'rejected':
      return event.error.name;
    default:
      return event satisfies never;
  }
}

/** A sentence about a state, without anything in it that ticks. */
export function describeState(state: ConnectionState): string {
  switch (state.status) {
    case 'idle':
      return 'Nobody listens.';
    case 'connecting':
      return `Attempt ${state.attempt}.`;
    case 'open':
      return 'Trades arrive, pings are answered.';
    case 'reconnecting':
    case 'failed':
      return state.error.message;
    case 'closing':
      return 'Saying goodbye.';
    case 'closed':
      return `Closed with code ${state.code}.`;
    default:
      return state satisfies never;
  }
}
