import type { Link } from '../protocol/link.js';
import type { Pacer } from '../protocol/session-port.js';
import type { Answer } from './multiplex-options.js';
import { TopicIds } from './topic-ids.js';
import type { Topic, TopicRequest } from './topic.js';

/** How many messages may wait for an answer that never comes, beside those that live topics wait with. */
const MOST_UNANSWERED = 1000;

/** What was asked on one link, and what is not answered yet. */
export class LinkRequests<In, K> {
  readonly link: Link;
  /** By the topics' own pace. */
  readonly #pacer: Pacer | undefined;
  /** How many messages have their turn now: what makes or encodes one may ask for more. */
  #turns = 0;
  /** Where messages carry ids, and no keys. */
  readonly ids: TopicIds<In, K> | undefined;
  /** Another link has opened: this one delivers what still comes, and its topics are asked for there. */
  isReplaced = false;
  /** Those that have asked for topics, by their ids: what asks a topic to stop may have the same. */
  readonly #byId = new Map<unknown, TopicRequest<In, K>>();
  /** Those without an answer, the oldest first. */
  readonly #waiting = new Set<TopicRequest<In, K>>();

  constructor(link: Link, hasIds: boolean, pacer: Pacer | undefined) {
    this.link = link;
    if (hasIds) this.ids = new TopicIds();
    this.#pacer = pacer;
  }

  /** Milliseconds until the next message may have its turn. */
  get wait(): number {
    return this.#pacer?.wait(this.#turns) ?? 0;
  }

  /** A message has its turn, which ends when it was sent, or is not sent now. */
  beginTurn(): void {
    this.#turns++;
  }

  endTurn(isSent: boolean): void {
    this.#turns--;
    if (isSent) this.#pacer?.count();
  }

  get isWritable(): boolean {
    return this.link.writable !== false;
  }

  /** Whether messages are still to be answered. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** A message is about to be sent that may be answered. @param topicCount how many topics there are */
  expectAnswer(request: TopicRequest<In, K>, topicCount: number): void {
    this.#waiting.add(request);
    if (request.kind === 'subscribe') this.#byId.set(request.id, request);
    if (this.#waiting.size <= topicCount + MOST_UNANSWERED) return;
    for (const oldest of this.#waiting) {
      this.#settle(oldest);
      return;
    }
  }

  /** A message was not sent. */
  cancel(request: TopicRequest<In, K>): void {
    this.#settle(request);
  }

  /** A topic is no longer asked for on this link. */
  forget(topic: Topic<In, K>): void {
    const request = topic.request!;
    this.ids?.remove(request.id, topic);
    topic.request = topic.as = undefined;
    topic.isAnswered = false;
    request.asked--;
    this.#drop(request);
  }

  /**
   * Takes an answer down. @returns the topics that it concerns: those that are still asked for by the very message that
   * is answered. On a link that is replaced there are none.
   */
  answered({ id, key, as }: Answer<K>, topics: ReadonlyMap<K, Topic<In, K>>): Topic<In, K>[] {
    const asked = topics.get(key!); // looked at where there is a key
    const settled = this.#oldest(id, key, asked);
    const byKey = this.isReplaced ? settled : asked?.asked;
    const request = id !== undefined ? this.#byId.get(id) : key !== undefined ? byKey : settled;
    if (settled) this.#skipUnsubscribes(settled);
    if (settled && (key === undefined || --settled.unanswered <= 0)) this.#settle(settled);
    if (request?.link !== this) return [];
    const answered = key === undefined ? request.topics : asked ? [asked] : [];
    const concerned = answered.filter((topic) => this.isReplaced || topic.request === request);
    for (const topic of concerned) this.ids?.answered(topic, as);
    return this.isReplaced ? [] : concerned;
  }

  /** The message that has waited longest, of those with the id and the key. */
  #oldest(id: unknown, key: K | undefined, asked: Topic<In, K> | undefined): TopicRequest<In, K> | undefined {
    const known = id === undefined ? undefined : this.#byId.get(id);
    if (known && this.#waiting.has(known)) return known;
    for (const request of this.#waiting) {
      if (id !== undefined && request.id !== id) continue;
      if (key === undefined || request === asked?.request) return request;
      if (request.topics.some((topic) => topic.key === key)) return request;
    }
    return undefined;
  }

  /** A server that answers a later message has no answer to those before it that asked it to stop. */
  #skipUnsubscribes(settled: TopicRequest<In, K>): void {
    for (const request of this.#waiting) {
      if (request === settled || request.kind === 'subscribe') return;
      this.#settle(request);
    }
  }

  #settle(request: TopicRequest<In, K>): void {
    this.#waiting.delete(request);
    this.#drop(request);
  }

  /** Nothing refers to it any more. */
  #drop(request: TopicRequest<In, K>): void {
    if (request.asked > 0 || this.#waiting.has(request)) return;
    if (this.#byId.get(request.id) === request) this.#byId.delete(request.id);
  }
}
