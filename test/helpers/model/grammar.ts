import type { ConnectionState, LifecycleEvent } from '../../../src/index.node.js';

type Place = 'start' | 'connecting' | 'open' | 'error' | 'close' | 'reconnecting';

const EVENTS: Record<Place, readonly LifecycleEvent['type'][]> = {
  start: ['connecting', 'dropped'],
  connecting: ['open', 'error', 'close', 'rejected', 'dropped'],
  open: ['error', 'close', 'rejected', 'heartbeat', 'dropped'],
  error: ['close', 'dropped'],
  close: ['connecting', 'reconnecting', 'dropped'],
  reconnecting: ['connecting', 'dropped'],
};

const STATES: Record<ConnectionState['status'], readonly ConnectionState['status'][]> = {
  idle: ['connecting'],
  connecting: ['open', 'closing', 'closed', 'idle'],
  open: ['closing', 'closed', 'idle'],
  closing: ['closed', 'idle'],
  closed: ['connecting', 'reconnecting', 'failed', 'idle'],
  reconnecting: ['connecting', 'closed', 'failed', 'idle'],
  failed: ['connecting', 'idle'], // idle where somebody joined and left while the failure was told
};

/** Complains of states in an order that is none. */
export function stateGrammar(complain: (what: string) => void): (state: ConnectionState) => void {
  let before: ConnectionState['status'] = 'idle';
  let isFirst = true;
  return ({ status }) => {
    if (!isFirst && !STATES[before].includes(status)) complain(`the state ${before} became ${status}`);
    before = status;
    isFirst = false;
  };
}

/** Complains of events in an order that is none: of one connection, or of a run of them. */
export class EventGrammar {
  /** `undefined` where it began to listen in the middle. */
  #place: Place | undefined;
  #attempt: number | undefined;
  readonly #complain: (what: string) => void;

  constructor(place: 'start' | undefined, complain: (what: string) => void) {
    this.#place = place;
    this.#complain = complain;
  }

  /** Whether every `connecting` had its `close`. */
  get isBetween(): boolean {
    return this.#place !== 'connecting' && this.#place !== 'open' && this.#place !== 'error';
  }

  next(event: LifecycleEvent): void {
    const { type } = event;
    if (this.#place && !EVENTS[this.#place].includes(type)) this.#complain(`${type} followed ${this.#place}`);
    if (type === 'connecting' || type === 'open') this.#count(type, event.attempt);
    if (type !== 'dropped' && type !== 'rejected' && type !== 'heartbeat') this.#place = type;
  }

  end(how: string): void {
    if (!this.isBetween) this.#complain(`${how} followed ${this.#place}`);
    this.#place = 'start';
  }

  #count(type: 'connecting' | 'open', attempt: number): void {
    const expected = this.#attempt === undefined ? attempt : this.#attempt + (type === 'connecting' ? 1 : 0);
    if (attempt !== expected) this.#complain(`${type} ${attempt} came in place of ${type} ${expected}`);
    this.#attempt = attempt;
  }
}
