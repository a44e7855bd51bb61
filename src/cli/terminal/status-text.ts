import type { ConnectionState } from '../../index.node.js';
import { duration } from '../log-line.js';

/** What the status line shows. */
export interface Status {
  readonly state: ConnectionState;
  /** Milliseconds since the state began. */
  readonly since: number;
  /** Milliseconds; `undefined` before the first heartbeat. */
  readonly latency: number | undefined;
  /** Messages received in the last second. */
  readonly rate: number;
  /** Messages that wait to be sent. */
  readonly queue: number;
}

/** The text of the status line. ASCII alone, so that each character has one column. */
export function statusText({ state, since, latency, rate, queue }: Status): string {
  const parts = [
    describe(state, since),
    ...(state.status === 'open' && latency !== undefined ? [`latency ${duration(latency)}`] : []),
    `${rate}/s`,
    `queue ${queue}`,
  ];
  return `-- ${parts.join(' | ')} --`;
}

function describe(state: ConnectionState, since: number): string {
  switch (state.status) {
    case 'idle':
    case 'open':
    case 'closing':
      return state.status;
    case 'connecting':
      return state.attempt === 1 ? 'connecting' : `connecting, attempt ${state.attempt}`;
    case 'reconnecting':
      return `retry ${state.retry} in ${Math.ceil(Math.max(0, state.delay - since) / 1000)} s`;
    case 'closed':
      return `closed ${state.code}`;
    case 'failed':
      return 'failed';
  }
}

/** The colour of the status line, one of `util.inspect.colors`. */
export const STATUS_COLOURS = {
  idle: 'cyan',
  connecting: 'cyan',
  open: 'green',
  closing: 'yellow',
  closed: 'yellow',
  reconnecting: 'yellow',
  failed: 'red',
} as const satisfies Readonly<Record<ConnectionState['status'], string>>;
