import type { LinkRequests } from './link-requests.js';
import { requestFor } from './topic.js';
import type { Topic, TopicRequest } from './topic.js';

const NONE: readonly never[] = [];

/**
 * All topics with readers as a link opens, while nothing has happened to any of them. There may be thousands, and to
 * look at each takes as long as to make the messages: they are cut into messages unseen. `touch` ends that, before one
 * is looked at.
 */
export class TopicsAtOpen<In, K> {
  readonly #onTouch: (waiting: readonly Topic<In, K>[]) => void;
  #topics: readonly Topic<In, K>[] = NONE;
  #keys: readonly K[] = NONE;
  /** Where the next message begins. */
  #place = 0;
  /** The messages so far, of which the topics do not know. */
  #requests: TopicRequest<In, K>[] | undefined;

  /** @param onTouch is called with those that are not asked for yet */
  constructor(onTouch: (waiting: readonly Topic<In, K>[]) => void) {
    this.#onTouch = onTouch;
  }

  /** Whether nothing has happened to any topic since the link has opened. */
  get isUntouched(): boolean {
    return !!this.#requests;
  }

  get isWaiting(): boolean {
    return this.#place < this.#topics.length;
  }

  /** @param areRead whether all have readers: then none is looked at */
  fill(topics: ReadonlyMap<K, Topic<In, K>>, areRead: boolean): void {
    const all = [...topics.values()];
    this.#topics = areRead ? all : all.filter(({ isRead }) => isRead);
    this.#keys = areRead ? [...topics.keys()] : this.#topics.map(({ key }) => key);
    this.#place = 0;
    this.#requests = [];
  }

  /** Takes as many as a message has. @returns the message, which is still to be made */
  take(limit: number, link: LinkRequests<In, K>): TopicRequest<In, K> {
    const [from, to] = [this.#place, this.#place + limit];
    const request = requestFor('subscribe', link, this.#topics.slice(from, to), this.#keys.slice(from, to));
    this.#requests!.push(request);
    this.#place = to;
    return request;
  }

  /** A topic is about to be looked at, or to change. */
  touch(): void {
    if (!this.#requests) return;
    const waiting = this.#topics.slice(this.#place);
    const requests = this.#requests;
    this.clear();
    for (const request of requests) for (const topic of request.topics) topic.request = request;
    this.#onTouch(waiting);
  }

  /** The link is gone. */
  clear(): void {
    this.#topics = this.#keys = NONE;
    this.#requests = undefined;
  }
}
