import { EMPTY, Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { endSafely } from '../rx/for-each-safely.js';

/** The streams of one link. Each is made when somebody asks for it: most links have none. */
export class LinkStreams<In> {
  /** Of the messages. */
  subject: Subject<In> | undefined;
  #pongs: Subject<unknown> | undefined;
  #isComplete = false;

  get messages(): Observable<In> {
    return this.#isComplete ? EMPTY : (this.subject ??= new Subject()).asObservable();
  }

  get pongs(): Observable<unknown> {
    return this.#isComplete ? EMPTY : (this.#pongs ??= new Subject()).asObservable();
  }

  pong(payload: unknown): void {
    this.#pongs?.next(payload);
  }

  complete(): void {
    this.#isComplete = true;
    if (this.#pongs) endSafely(this.#pongs);
    if (this.subject) endSafely(this.subject);
  }
}
