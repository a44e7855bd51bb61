import type { Subscriber, Subscription } from 'rxjs';
import { forEachSafely } from '../rx/for-each-safely.js';
import type { LinkRequests } from './link-requests.js';

/** A message about topics: made for one link, sent on it, and perhaps answered. */
export interface TopicRequest<In, K> {
  readonly kind: 'subscribe' | 'unsubscribe';
  readonly topics: readonly Topic<In, K>[];
  readonly link: LinkRequests<In, K>;
  id: unknown;
  /** The message, once it is made. */
  value: unknown;
  /** The wait for a message that takes its time. */
  making: Subscription | undefined;
  /** Nobody wants it any more. */
  isCancelled: boolean;
  /** How many of its topics are still asked for by it. */
  asked: number;
  /** How many of its topics have no answer. */
  unanswered: number;
}

/** A message that is to be made; its topics wait for it. */
export function requestFor<In, K>(
  kind: TopicRequest<In, K>['kind'],
  topics: readonly Topic<In, K>[],
  link: LinkRequests<In, K>,
): TopicRequest<In, K> {
  const request: TopicRequest<In, K> = {
    ...{ kind, topics, link, id: undefined, value: undefined, making: undefined },
    ...{ isCancelled: false, asked: 0, unanswered: topics.length },
  };
  for (const topic of topics) topic.making = request;
  return request;
}

const NONE: readonly never[] = [];

/** A key, its readers, and what the server knows of it on the present link. */
export class Topic<In, K> {
  readonly key: K;
  /** Replaced, never changed: a loop over it is not disturbed. */
  readers: readonly Subscriber<In>[] = NONE;
  /** The message that the server was asked for it with. */
  request: TopicRequest<In, K> | undefined = undefined;
  /** The message about it that is being made. */
  making: TopicRequest<In, K> | undefined = undefined;
  /** The server's own id for it. */
  as: unknown = undefined;
  isAnswered = false;
  /** Its last reader has unsubscribed, and none has come back at once: the server is to be asked to stop. */
  hasLeft = false;
  /** The server is to be asked to stop, and then again. */
  mustResync = false;
  /** It is no longer known: its key begins anew. */
  isGone = false;
  /** When it was queued. */
  turn = 0;
  isQueuedToSubscribe = false;
  isQueuedToUnsubscribe = false;
  /** Gives the key's place on a connection of a pool back. */
  release: (() => void) | undefined = undefined;

  constructor(key: K) {
    this.key = key;
  }

  get isRead(): boolean {
    return this.readers.length > 0;
  }

  add(reader: Subscriber<In>): void {
    this.readers = this.readers.concat(reader);
  }

  remove(reader: Subscriber<In>): void {
    this.readers = this.readers.filter((other) => other !== reader);
  }

  /** Forgets what the server knows of it: the link is gone. */
  reset(): void {
    this.request = this.making = this.as = undefined;
    this.isAnswered = this.hasLeft = this.mustResync = false;
  }

  /** Ends its streams. @param error Default none: they complete */
  end(error?: { readonly thrown: unknown }): void {
    forEachSafely(this.readers, (reader) => (error ? reader.error(error.thrown) : reader.complete()));
  }
}
