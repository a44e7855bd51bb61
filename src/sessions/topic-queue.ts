import { Queue } from '../rx/queue.js';
import type { Topic } from './topic.js';

/** Topics that wait for a message of one kind, in order. What a topic needs is asked again when its turn has come. */
export class TopicQueue<In, K> {
  readonly #flag: 'isQueuedToSubscribe' | 'isQueuedToUnsubscribe';
  readonly #isDue: (topic: Topic<In, K>) => boolean;
  #topics = new Queue<Topic<In, K>>();

  constructor(flag: 'isQueuedToSubscribe' | 'isQueuedToUnsubscribe', isDue: (topic: Topic<In, K>) => boolean) {
    this.#flag = flag;
    this.#isDue = isDue;
  }

  push(topic: Topic<In, K>, turn: number): void {
    if (topic[this.#flag]) return;
    topic[this.#flag] = true;
    topic.turn = turn;
    this.#topics.push(topic);
  }

  /** The first one that is due; those before it are not any more. */
  peek(): Topic<In, K> | undefined {
    for (let topic; (topic = this.#topics.peek()); this.#shift()) if (this.#isDue(topic)) return topic;
    return undefined;
  }

  /** Takes as many as there are. */
  take(limit: number): Topic<In, K>[] {
    const taken: Topic<In, K>[] = [];
    while (taken.length < limit && this.peek()) taken.push(this.#shift()!);
    return taken;
  }

  clear(): void {
    while (this.#shift());
  }

  #shift(): Topic<In, K> | undefined {
    const topic = this.#topics.shift();
    if (topic) topic[this.#flag] = false;
    return topic;
  }
}
