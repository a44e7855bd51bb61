import { Observable } from 'rxjs';
import type { BehaviorSubject } from 'rxjs';
import type { ConnectionState } from './state.js';

/** The state of a connection as an Observable. It replays the current state and never errors. Subscribing never connects. */
export class StateObservable extends Observable<ConnectionState> {
  readonly #state: BehaviorSubject<ConnectionState>;

  /** @internal */
  constructor(state: BehaviorSubject<ConnectionState>) {
    super((subscriber) => state.subscribe(subscriber));
    this.#state = state;
  }

  /** The current state. */
  get value(): ConnectionState {
    return this.#state.value;
  }
}
