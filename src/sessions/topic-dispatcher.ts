import { atOnce } from '../protocol/arguments.js';
import { SubscriptionError } from './subscription-error.js';
import type { LinkRequests } from './link-requests.js';
import type { Answer, MultiplexOptions } from './multiplex-options.js';
import type { Topic } from './topic.js';

/** The topics that messages are for. */
export interface DispatcherHost<In, K> {
  readonly topics: ReadonlyMap<K, Topic<In, K>>;
  /** What was asked on the link that messages come from. */
  readonly receiving: LinkRequests<In, K> | undefined;
  /** The message that is being delivered is no good. */
  reject(cause: unknown): void;
  /** The server has answered, and a topic may need a message now. */
  answered(topic: Topic<In, K>): void;
  /** The server has ended a topic. @param error Default none: its streams complete */
  end(topic: Topic<In, K>, error?: { readonly thrown: unknown }): void;
}

/** Leads each message to the topic of its key or id, by one lookup; answers change what is known of topics. */
export class TopicDispatcher<In, K> {
  readonly #find: (message: In) => Topic<In, K> | undefined;
  readonly #answerOf: MultiplexOptions<In, never, K, never>['answerOf'];
  readonly #host: DispatcherHost<In, K>;
  #delivering = 0;
  #delayed: (() => void)[] = [];

  constructor(options: MultiplexOptions<In, never, K, never>, host: DispatcherHost<In, K>) {
    const { keyOf, idOf, answerOf } = options;
    this.#answerOf = answerOf;
    this.#host = host;
    this.#find = idOf
      ? (message) => host.receiving?.ids?.find(atOnce('idOf(message)', idOf(message)))
      : (message) => host.topics.get(atOnce('keyOf(message)', keyOf!(message)) as K);
  }

  next(message: In): void {
    let topic: Topic<In, K> | undefined;
    try {
      const answer = atOnce('answerOf(message)', this.#answerOf?.(message)) ?? undefined;
      if (answer === undefined) topic = this.#find(message);
      else
        this.#onAnswers(
          message,
          (Array.isArray as (some: unknown) => some is readonly Answer<K>[])(answer) ? answer : [answer],
        );
    } catch (thrown) {
      this.#host.reject(thrown);
      return;
    }
    if (topic) this.deliver(topic, message);
  }

  /** Every reader receives it, also where one of them ends the connection: what that causes waits. */
  deliver({ readers }: Topic<In, K>, message: In): void {
    if (readers.length < 2) {
      readers[0]?.next(message);
      return;
    }
    this.#delivering++;
    for (const reader of readers) reader.next(message);
    if (--this.#delivering === 0) for (const action of this.#delayed.splice(0)) action();
  }

  /** Does something when the message that is being delivered has reached every reader. */
  afterDelivery(action: () => void): void {
    if (this.#delivering) this.#delayed.push(action);
    else action();
  }

  #onAnswers(message: In, answers: readonly Answer<K>[]): void {
    const { receiving, topics } = this.#host;
    const concerned = answers.flatMap((answer) =>
      (receiving?.answered(answer, topics) ?? []).map((topic) => ({ answer, topic, request: topic.request })),
    );
    for (const { answer, topic } of concerned) {
      topic.isAnswered = true;
      if (answer.as !== undefined) topic.as = answer.as;
    }
    const target = answers.some(({ deliver }) => deliver) ? this.#find(message) : undefined;
    if (target) this.deliver(target, message);
    for (const { answer, topic, request } of concerned) if (topic.request === request) this.#settle(topic, answer);
  }

  #settle(topic: Topic<In, K>, { error, done }: Answer<K>): void {
    if (error !== undefined && error !== null)
      this.#host.end(topic, { thrown: new SubscriptionError(topic.key, error) });
    else if (done) this.#host.end(topic);
    else this.#host.answered(topic);
  }
}
