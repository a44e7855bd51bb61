import { EMPTY, Observable, Subject } from 'rxjs';
import { endSafely } from '../rx/for-each-safely.js';
import { SubscriberList } from './subscriber-list.js';

/** The streams of one link. Each is made when somebody asks for it: most links have none. */
export class LinkStreams<In> {
  /** Of the messages. */
  subject: Subject<In> | undefined;
  #pongs: SubscriberList<unknown> | undefined;
  #isComplete = false;

  get messages(): Observable<In> {
    return this.#isComplete ? EMPTY : (this.subject ??= new Subject()).asObservable();
  }

  /** Not of a Subject, which would keep half a kilobyte for each connection with a heartbeat. */
  get pongs(): Observable<unknown> {
    return new Observable((subscriber) => {
      if (this.#isComplete) return subscriber.complete();
      const pongs = (this.#pongs ??= new SubscriberList());
      pongs.add(subscriber);
      return () => pongs.remove(subscriber);
    });
  }

  pong(payload: unknown): void {
    for (const subscriber of this.#pongs?.members ?? []) subscriber.next(payload);
  }

  complete(): void {
    this.#isComplete = true;
    for (const subscriber of this.#pongs?.members ?? []) endSafely(subscriber);
    if (this.subject) endSafely(this.subject);
  }
}
