import { Observable } from 'rxjs';
import type { BehaviorSubject } from 'rxjs';
import type { ConnectionState } from './state.js';

/** Where a connection stands; replays the current state, never errors, and subscribing to it never connects. */
export class StateObservable extends Observable<ConnectionState> {
  readonly #state: BehaviorSubject<ConnectionState>;

  /** @internal */
  constructor(state: BehaviorSubject<ConnectionState>) {
    super((subscriber) => state.subscribe(subscriber));
    this.#state = state;
  }

  /** The state now. */
  get value(): ConnectionState {
    return this.#state.value;
  }
}
