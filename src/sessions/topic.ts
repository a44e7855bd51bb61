import type { Subscriber, Subscription } from 'rxjs';
import { forEachSafely } from '../rx/for-each-safely.js';
import type { LinkRequests } from './link-requests.js';
import type { TopicsAtOpen } from './topics-at-open.js';

/** A message about topics: made for one link, sent on it, and perhaps answered. */
export interface TopicRequest<In, K> {
  readonly kind: 'subscribe' | 'unsubscribe';
  readonly topics: Topic<In, K>[];
  /** The keys of its topics, until it was sent. */
  keys: K[] | undefined;
  readonly link: LinkRequests<In, K>;
  id: unknown;
  /** The message, once it is made. */
  value: unknown;
  /** The wait for a message that takes its time. */
  making: Subscription | undefined;
  /** It is being made or sent. */
  isPending: boolean;
  /** It was sent, or is about to be: an answer may come. */
  isAsked: boolean;
  /** Nobody wants it any more. */
  isCancelled: boolean;
  /** How many of its topics are still asked for by it. */
  asked: number;
  /** How many of its topics have no answer. */
  unanswered: number;
}

/** A message that is to be made. */
export function requestFor<In, K>(
  kind: TopicRequest<In, K>['kind'],
  link: LinkRequests<In, K>,
  topics: Topic<In, K>[],
  keys: K[],
): TopicRequest<In, K> {
  const [isPending, isAsked, isCancelled] = [true, false, false];
  const [asked, unanswered] = [topics.length, topics.length];
  // One literal, because spreads are slow here.
  return {
    kind,
    link,
    topics,
    keys,
    id: undefined,
    value: undefined,
    making: undefined,
    isPending,
    isAsked,
    isCancelled,
    asked,
    unanswered,
  };
}

/** Where a topic has its message of each kind. */
export const PLACE_OF = { subscribe: 'request', unsubscribe: 'stopping' } as const;

const NONE: readonly never[] = [];

/** A key, its readers, and what the server knows of it on the present link. */
export class Topic<In, K> {
  readonly key: K;
  /** Whether it has readers. */
  isRead = false;
  /** It is no longer known: its key begins anew. */
  isGone = false;
  /** The message that the server will be asked to stop with. */
  stopping: TopicRequest<In, K> | undefined = undefined;
  /** The server's own id for it. */
  as: unknown = undefined;
  isAnswered = false;
  /** Its last reader has unsubscribed, and none has come back at once: the server is to be asked to stop. */
  hasLeft = false;
  /** The server is to be asked to stop, and then again. */
  mustResync = false;
  /** Replaced, never changed: a loop over it is not disturbed. */
  readers: readonly Subscriber<In>[] = NONE;
  /** When it was queued. */
  turn = 0;
  /** Where it was queued last, while it is there. */
  queue: object | undefined = undefined;
  /** Gives the key's place on a connection of a pool back. */
  release: (() => void) | undefined = undefined;

  readonly #atOpen: TopicsAtOpen<In, K>;
  #request: TopicRequest<In, K> | undefined = undefined;

  /** @param atOpen is notified before its request is looked at, and before a reader is removed */
  constructor(key: K, atOpen: TopicsAtOpen<In, K>) {
    this.key = key;
    this.#atOpen = atOpen;
  }

  /** The message that the server was asked for it with, or will be. */
  get request(): TopicRequest<In, K> | undefined {
    this.#atOpen.touch();
    return this.#request;
  }

  set request(request: TopicRequest<In, K> | undefined) {
    this.#atOpen.touch();
    this.#request = request;
  }

  /** The message about it that is being made or sent. */
  get making(): TopicRequest<In, K> | undefined {
    return this.stopping ?? (this.request?.isPending ? this.request : undefined);
  }

  /** The message that the server was asked for it with. */
  get asked(): TopicRequest<In, K> | undefined {
    return this.request?.isAsked ? this.request : undefined;
  }

  add(reader: Subscriber<In>): void {
    this.readers = this.readers.concat(reader);
    this.isRead = true;
  }

  remove(reader: Subscriber<In>): void {
    this.#atOpen.touch();
    this.readers = this.readers.filter((other) => other !== reader);
    this.isRead = this.readers.length > 0;
  }

  /** Forgets what the server knows of it: the link is gone. */
  reset(): void {
    this.request = this.stopping = this.as = undefined;
    this.isAnswered = this.hasLeft = this.mustResync = false;
  }

  /** Ends its streams. @param error Default none: they complete */
  end(error?: { readonly thrown: unknown }): void {
    forEachSafely(this.readers, (reader) => (error ? reader.error(error.thrown) : reader.complete()));
  }

  /** Removes all readers. @returns them */
  removeAll(): readonly Subscriber<In>[] {
    const { readers } = this;
    this.#atOpen.touch();
    this.readers = NONE;
    this.isRead = false;
    return readers;
  }
}
