import { Queue } from '../rx/queue.js';
import type { LinkRequests } from './link-requests.js';
import { PLACE_OF, requestFor } from './topic.js';
import type { Topic, TopicRequest } from './topic.js';

/** Topics that wait for a message of one kind, in order. What a topic needs is asked again when its turn has come. */
export class TopicQueue<In, K> {
  readonly #kind: TopicRequest<In, K>['kind'];
  readonly #isDue: (topic: Topic<In, K>) => boolean;
  #topics = new Queue<Topic<In, K>>();

  constructor(kind: TopicRequest<In, K>['kind'], isDue: (topic: Topic<In, K>) => boolean) {
    this.#kind = kind;
    this.#isDue = isDue;
  }

  push(topic: Topic<In, K>, turn: number): void {
    if (topic.queue === this) return;
    topic.queue = this;
    topic.turn = turn;
    this.#topics.push(topic);
  }

  /** The first one that is due; those before it are not any more. */
  peek(): Topic<In, K> | undefined {
    for (let topic; (topic = this.#topics.peek()); this.#shift()) if (this.#isDue(topic)) return topic;
    return undefined;
  }

  /** When the first one that is due was queued; `Infinity` where there is none. */
  get turn(): number {
    return this.peek()?.turn ?? Infinity;
  }

  /** Takes as many as a message has. @returns the message, which is still to be made */
  take(limit: number, link: LinkRequests<In, K>): TopicRequest<In, K> {
    const topics: Topic<In, K>[] = [];
    const keys: K[] = [];
    const request = requestFor(this.#kind, link, topics, keys);
    const place = PLACE_OF[this.#kind];
    for (let topic; topics.length < limit && (topic = this.peek());) {
      topics.push(topic);
      keys.push(topic.key);
      topic[place] = request; // not due any more, where it is queued twice
      this.#shift();
    }
    request.asked = request.unanswered = topics.length;
    return request;
  }

  clear(): void {
    while (this.#shift());
  }

  #shift(): Topic<In, K> | undefined {
    const topic = this.#topics.shift();
    if (topic) topic.queue = undefined;
    return topic;
  }
}
