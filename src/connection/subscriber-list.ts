import type { Subscriber } from 'rxjs';

const NONE: readonly Subscriber<never>[] = [];

/** The subscribers of a stream. The list is replaced and never changed, so that a loop over it is not disturbed. */
export class SubscriberList<T> {
  members: readonly Subscriber<T>[] = NONE;

  add(subscriber: Subscriber<T>): void {
    this.members = this.members.concat(subscriber);
  }

  remove(subscriber: Subscriber<T>): void {
    const rest = this.members.filter((member) => member !== subscriber);
    this.members = rest.length ? rest.slice() : NONE; // without the room for sixteen more of a list that grew
  }
}
