import type { ConnectionState, LifecycleEvent } from 'rxwire';

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Describes the fields of an event. */
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

/** Describes a state in a sentence, without values that change over time. */
export function describeState(state: ConnectionState): string {
  switch (state.status) {
    case 'idle':
      return 'No subscribers.';
    case 'connecting':
      return `Attempt ${state.attempt}.`;
    case 'open':
      return 'Trades arrive, pings are answered.';
    case 'reconnecting':
    case 'failed':
      return state.error.message;
    case 'closing':
      return 'The closing handshake runs.';
    case 'closed':
      return `Closed with code ${state.code}.`;
    default:
      return state satisfies never;
  }
}
