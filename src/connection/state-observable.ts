import type { Subscriber, TeardownLogic } from 'rxjs';
import { LeanObservable } from '../rx/lean-observable.js';
import type { ConnectionState } from './state.js';
import { SubscriberList } from './subscriber-list.js';

const IDLE: ConnectionState = { status: 'idle' };

/** The state of a connection as an Observable. It replays the current state and never errors. Subscribing never connects. */
export class StateObservable extends LeanObservable<ConnectionState> {
  #value = IDLE;
  /** Made for the first one: most connections have none. */
  #subscribers: SubscriberList<ConnectionState> | undefined;

  /** The current state. */
  get value(): ConnectionState {
    return this.#value;
  }

  /** Not a method: users have only what they may use. @internal */
  static change(observable: StateObservable, state: ConnectionState): void {
    observable.#value = state;
    for (const subscriber of observable.#subscribers?.members ?? []) subscriber.next(state);
  }

  /** @internal */
  protected override onSubscribe(subscriber: Subscriber<ConnectionState>): TeardownLogic {
    const subscribers = (this.#subscribers ??= new SubscriberList());
    subscribers.add(subscriber);
    subscriber.next(this.#value);
    return () => subscribers.remove(subscriber);
  }
}
