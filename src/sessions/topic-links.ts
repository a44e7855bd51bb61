import type { Subscription } from 'rxjs';
import type { Link } from '../protocol/link.js';
import type { ConnectionPort, Session } from '../protocol/session-port.js';
import { LinkRequests } from './link-requests.js';
import type { MultiplexOptions } from './multiplex-options.js';
import type { TopicLinksHost } from './topic-links-host.js';
import type { TopicHost } from './topic-maker.js';
import { TopicSender } from './topic-sender.js';
import type { Topic, TopicRequest } from './topic.js';

/** The subscriptions at the server, on the successive links of one connection. */
export class TopicLinks<In, Out, K, Id> implements Session<In, Out>, TopicHost<In, K> {
  readonly sender: TopicSender<In, Out, K, Id>;
  readonly #options: MultiplexOptions<In, Out, K, Id>;
  readonly #port: ConnectionPort<In, Out>;
  readonly #host: TopicLinksHost<In, K>;
  /** What was asked on each link that is open or still delivers: the newest is the last one. */
  #links: LinkRequests<In, K>[] = [];
  #detach: (() => void) | undefined;
  #isAttaching = false;
  /** The subscription to messages that keeps no connection open, while there is none that does. */
  #listening: Subscription | undefined;

  constructor(options: MultiplexOptions<In, Out, K, Id>, port: ConnectionPort<In, Out>, host: TopicLinksHost<In, K>) {
    this.#options = options;
    this.#port = port;
    this.#host = host;
    this.sender = new TopicSender(options, port, this);
  }

  /** The requests of the link that messages are sent on. */
  get current(): LinkRequests<In, K> | undefined {
    return this.#links.at(-1);
  }

  /** The requests of the link that messages are received from. */
  get receiving(): LinkRequests<In, K> | undefined {
    return this.#links[0];
  }

  /** Whether the server can be asked to stop now. */
  get canUnsubscribe(): boolean {
    return !!(this.#options.unsubscribe ?? this.#options.unsubscribeMany) && this.#isWritable;
  }

  get #isWritable(): boolean {
    return !!this.current?.isWritable;
  }

  /** Attaches to the connection, unless it is attached. */
  attach(): void {
    if (this.#detach) return;
    let isWanted = true;
    this.#detach = () => (isWanted = false);
    this.#isAttaching = true;
    const detach = this.#port.attach(this);
    this.#isAttaching = false;
    if (isWanted) this.#detach = detach;
    else detach();
  }

  /**
   * Nothing is left to be done where there are no topics and no answers to come. Answers that nobody would see are
   * listened for without keeping the connection open: a later answer must not be taken for one of them, and a topic that
   * the server has ended needs no message that asks it to stop.
   */
  rest(isRead: boolean, next: (message: In) => void): void {
    if (isRead || this.#isIdle) this.#stopListening();
    else this.#listening ??= this.#port.deliveries.subscribe(next);
    this.#detachIfIdle();
  }

  /** Whether there are no topics, and no answers to come on any link. */
  get #isIdle(): boolean {
    return !this.#host.topics.size && !this.#links.some((link) => link.isWaiting);
  }

  /** @returns whether nothing is left to be done */
  #detachIfIdle(): boolean {
    const isIdle = this.#isIdle;
    if (isIdle) this.detach();
    return isIdle;
  }

  #stopListening(): void {
    this.#listening?.unsubscribe();
    this.#listening = undefined;
  }

  /** Detaches from the connection, and forgets all requests. */
  detach(): void {
    this.#stopListening();
    this.#detach?.();
    this.#detach = undefined;
    this.#links = [];
    this.sender.reset();
  }

  /** Unsubscribes from a topic at the server, if possible, and subscribes again. */
  resync(topic: Topic<In, K>): void {
    if (!topic.asked || topic.making || !this.#isWritable) return;
    const { unsubscribeMany, subscribeMany } = this.#options;
    if (this.canUnsubscribe) topic.mustResync = true;
    else this.current!.forget(topic);
    this.sender.update(topic);
    this.sender.pump(!!(unsubscribeMany ?? subscribeMany));
  }

  // For the connection

  get hasWaiting(): boolean {
    return this.sender.hasWaiting;
  }

  get isIdle(): boolean {
    return this.sender.isIdle;
  }

  next(): ReturnType<Session<In, Out>['next']> {
    return this.sender.next();
  }

  opened(link: Link): void {
    if (this.current?.link === link) return;
    if (this.current) this.#reset(); // during a handover the old link still delivers
    if (this.#detachIfIdle()) return;
    const { subscribe, subscribeMany, idOf, mark } = this.#options;
    if (this.current) this.current.isReplaced = true;
    this.#links.push(new LinkRequests(link, !!idOf, this.sender.meterOf(link)));
    if (subscribe ?? subscribeMany) this.sender.opened(this.#host.topics, this.#host.areRead);
    else if (mark && !this.#isAttaching) this.#mark([...this.#host.topics.values()], mark);
  }

  ended(link: Link): void {
    const isCurrent = this.current?.link === link;
    this.#links = this.#links.filter((other) => other.link !== link);
    if (isCurrent) this.#reset();
    this.#detachIfIdle();
  }

  /** Resets all topics: they are not subscribed on a new link. */
  #reset(): void {
    const { isUntouched } = this.sender.atOpen;
    this.sender.reset();
    if (isUntouched) return;
    for (const topic of this.#host.topics.values()) {
      const { hasLeft } = topic;
      topic.reset();
      if (hasLeft) this.#host.remove(topic);
    }
  }

  // For the sender

  expectAnswer(request: TopicRequest<In, K>): void {
    if (this.#options.answerOf) request.link.expectAnswer(request, this.#host.topics.size);
  }

  asking(request: TopicRequest<In, K>): void {
    const { topics, link, id } = request;
    request.isAsked = true;
    if (this.#options.subscribe) link.ids?.add(id, topics[0]!);
  }

  asked(topics: readonly Topic<In, K>[]): void {
    const { mark } = this.#options;
    if (mark) this.#mark(topics, mark);
    if (this.sender.atOpen.isUntouched) return; // none of them is looked at
    for (const topic of topics) if (!topic.isRead || topic.mustResync) this.sender.update(topic); // it was left meanwhile
  }

  failed(topics: readonly Topic<In, K>[], thrown: unknown): void {
    for (const topic of topics) this.#host.end(topic, { thrown });
  }

  takenBack(topics: readonly Topic<In, K>[]): void {
    for (const topic of topics) {
      topic.request?.link.forget(topic);
      topic.mustResync = topic.hasLeft = false;
      if (topic.isRead) this.sender.update(topic);
      else this.#host.remove(topic);
    }
  }

  #mark(topics: readonly Topic<In, K>[], mark: (key: K) => In): void {
    this.#port.inOrder(() => {
      for (const topic of topics) {
        if (!topic.isRead || topic.isGone) continue;
        try {
          this.#host.deliver(topic, mark(topic.key));
        } catch (thrown) {
          this.#host.fail(topic, thrown);
        }
      }
    });
  }
}
