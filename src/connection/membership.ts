import type { Subscriber, Unsubscribable } from 'rxjs';

/** Which of the two streams of a run somebody subscribes to. */
export type RunStream = 'listeners' | 'readers';

/** What a membership is of. */
interface MembershipCore<Run> {
  removeSubscriber(run: Run, stream: RunStream, subscriber: Subscriber<never>): void;
}

/** What ends a subscriber's part in a run: an object, because a function and what it refers to take twice as much heap. */
export class Membership<Run> implements Unsubscribable {
  readonly #core: MembershipCore<Run>;
  readonly #run: Run;
  readonly #stream: RunStream;
  readonly #subscriber: Subscriber<never>;

  constructor(core: MembershipCore<Run>, run: Run, stream: RunStream, subscriber: Subscriber<never>) {
    this.#core = core;
    this.#run = run;
    this.#stream = stream;
    this.#subscriber = subscriber;
  }

  unsubscribe(): void {
    this.#core.removeSubscriber(this.#run, this.#stream, this.#subscriber);
  }
}
