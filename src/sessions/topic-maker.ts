import type { Observable } from 'rxjs';
import type { ConnectionPort, Receipt } from '../protocol/session-port.js';
import { waitFor } from './later.js';
import type { LinkRequests } from './link-requests.js';
import type { MultiplexOptions } from './multiplex-options.js';
import { PLACE_OF } from './topic.js';
import type { Topic, TopicRequest } from './topic.js';

/** What is done about topics. */
export interface TopicHost<In, K> {
  /** What was asked on the link that messages go out on; nothing while there is none. */
  readonly current: LinkRequests<In, K> | undefined;
  /** The server is about to be asked for the topics of a message. */
  asking(request: TopicRequest<In, K>): void;
  /** It was asked for them. */
  asked(topics: readonly Topic<In, K>[]): void;
  /** It was not, and why. */
  failed(topics: readonly Topic<In, K>[], thrown: unknown): void;
  /** It was asked to stop, or nothing more can be done for that. */
  takenBack(topics: readonly Topic<In, K>[]): void;
  /** A message may be answered. */
  expectAnswer(request: TopicRequest<In, K>): void;
}

/** Makes the messages about topics with the functions of the options, and notices what becomes of them. */
export class TopicMaker<In, Out, K, Id> {
  readonly #options: MultiplexOptions<In, Out, K, Id>;
  readonly #port: ConnectionPort<In, Out>;
  readonly #host: TopicHost<In, K>;
  readonly #onMade: (request: TopicRequest<In, K> | undefined) => void;
  /** What takes its time. */
  readonly #beingMade = new Set<TopicRequest<In, K>>();

  /** @param onMade is called with a message that took its time, when it is there, or with nothing when there will be none */
  constructor(
    options: MultiplexOptions<In, Out, K, Id>,
    port: ConnectionPort<In, Out>,
    host: TopicHost<In, K>,
    onMade: (request: TopicRequest<In, K> | undefined) => void,
  ) {
    this.#options = options;
    this.#port = port;
    this.#host = host;
    this.#onMade = onMade;
  }

  /**
   * @param onDelay is called where the message takes its time
   * @returns whether the message is there, and is to be sent
   */
  make(request: TopicRequest<In, K>, onDelay: () => void): boolean {
    const source = this.#call(request);
    if (request.link !== this.#host.current) this.cancel(request); // what was called has ended it
    if (request.isCancelled) return false;
    if (!source) return this.#isThere(request);

    onDelay();
    let isThere = false;
    let hasReturned = false;
    const end = (isMade: boolean) => {
      isThere = isMade;
      if (hasReturned) this.#onMade(isMade ? request : undefined);
    };
    this.#beingMade.add(request);
    request.making = source.subscribe({
      next: (value) => {
        this.#beingMade.delete(request);
        request.value = value;
        end(this.#isThere(request));
      },
      error: (thrown: unknown) => {
        this.#fail(request, thrown);
        end(false);
      },
    });
    hasReturned = true;
    return isThere;
  }

  /** @returns what is to be sent, in the turn that its link has begun */
  message(request: TopicRequest<In, K>): { readonly value: Out; readonly receipt: Receipt } {
    const { link } = request;
    return {
      value: request.value as Out,
      receipt: {
        sending: () => {
          this.#host.expectAnswer(request);
          if (request.kind === 'subscribe') this.#host.asking(request);
        },
        sent: () => {
          link.endTurn(true);
          this.#done(request);
        },
        dropped: (error) => {
          link.endTurn(false);
          link.cancel(request);
          if (request.kind === 'subscribe') this.#fail(request, error);
          else this.#done(request); // it was reported
        },
      },
    };
  }

  cancel(request: TopicRequest<In, K>): void {
    request.isCancelled = true;
    this.#beingMade.delete(request);
    this.#settle(request);
    request.making?.unsubscribe(); // last: what is torn down may ask for the same topics
  }

  /** The link is gone, and with it all that was made for it. */
  cancelAll(): void {
    for (const request of this.#beingMade) this.cancel(request);
  }

  /** Calls the function of the options. @returns what will have the message, where it takes its time */
  #call(request: TopicRequest<In, K>): Observable<Out | undefined> | undefined {
    const { kind, topics } = request;
    const { subscribe, unsubscribe, subscribeMany, unsubscribeMany, nextId = this.#port.nextId } = this.#options;
    const many = kind === 'subscribe' ? subscribeMany : unsubscribeMany;
    const [topic] = topics;
    const { key, as } = topic!;
    try {
      const id = ((many ?? kind === 'subscribe') ? nextId() : topic!.request!.id) as Id;
      request.id = id;
      let made;
      if (many) made = many(request.keys!, id);
      else made = kind === 'subscribe' ? subscribe!(key, id) : unsubscribe!(key, id, as);
      const source = waitFor(made);
      if (!source) request.value = made;
      return source;
    } catch (thrown) {
      this.#fail(request, thrown);
      return undefined;
    }
  }

  /** @returns whether there is something to send; without it all is done */
  #isThere(request: TopicRequest<In, K>): boolean {
    if (request.value !== undefined) return true;
    if (request.kind === 'subscribe') this.#host.asking(request);
    this.#done(request);
    return false;
  }

  #done(request: TopicRequest<In, K>): void {
    const { kind, topics } = request;
    this.#settle(request);
    request.value = request.keys = undefined; // it lives as long as the connection, and thousands of them may
    if (kind === 'subscribe') this.#host.asked(topics);
    else this.#host.takenBack(topics);
  }

  /** Its topics do not wait for it any more. */
  #settle(request: TopicRequest<In, K>): void {
    const { kind, topics, isAsked } = request;
    request.isPending = false;
    if (isAsked) return;
    const place = PLACE_OF[kind];
    for (const topic of topics) if (topic[place] === request) topic[place] = undefined;
  }

  #fail(request: TopicRequest<In, K>, thrown: unknown): void {
    const { kind, topics } = request;
    this.cancel(request);
    if (kind === 'subscribe') {
      this.#host.failed(topics, thrown);
    } else {
      this.#port.drop(thrown);
      this.#host.takenBack(topics);
    }
  }
}
