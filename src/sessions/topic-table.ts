import type { Observable, Subscriber } from 'rxjs';
import type { ConnectionPort } from '../protocol/session-port.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import { ScheduledOnce } from '../rx/scheduled-once.js';
import type { LinkRequests } from './link-requests.js';
import { MessageSource } from './message-source.js';
import type { MultiplexOptions } from './multiplex-options.js';
import { TopicDispatcher } from './topic-dispatcher.js';
import type { DispatcherHost } from './topic-dispatcher.js';
import { TopicLinks } from './topic-links.js';
import type { TopicLinksHost } from './topic-links-host.js';
import { Topic } from './topic.js';

/**
 * The topics of one connection, and their readers. It is subscribed to the connection's messages while topics have
 * readers, and until the scheduler runs next: who unsubscribes and subscribes at once, as `switchMap` does, finds
 * everything as it was.
 */
export class TopicTable<In, Out, K, Id> implements TopicLinksHost<In, K>, DispatcherHost<In, K> {
  topics = new Map<K, Topic<In, K>>();
  readonly #port: ConnectionPort<In, Out>;
  readonly #isBatched: boolean;
  readonly #hold: ((key: K) => () => void) | undefined;
  readonly #source: MessageSource<In>;
  readonly #links: TopicLinks<In, Out, K, Id>;
  readonly #dispatcher: TopicDispatcher<In, K>;
  /** How many topics have readers. */
  #readCount = 0;
  /** Topics that have lost a reader, and may get one back at once. */
  #left: Topic<In, K>[] = [];
  readonly #sweeping: ScheduledOnce;

  /** @param hold keeps the place of a key on a connection of a pool; returns what gives it back */
  constructor(
    messages: Observable<In>,
    port: ConnectionPort<In, Out>,
    options: MultiplexOptions<In, Out, K, Id>,
    hold?: (key: K) => () => void,
  ) {
    this.#port = port;
    this.#isBatched = !!options.subscribeMany;
    this.#hold = hold;
    this.#sweeping = new ScheduledOnce(port.scheduler, () => this.#sweep());
    this.#links = new TopicLinks(options, port, this);
    const dispatcher = new TopicDispatcher<In, K>(options as never, this);
    this.#dispatcher = dispatcher;
    this.#source = new MessageSource(messages, port, {
      next: (message) => dispatcher.next(message),
      ended: (error) => this.#endAll(error),
    });
  }

  /** Whether a `close()` is ending the run that its topics are of: a topic that is subscribed to now is of the next one. */
  get isEnding(): boolean {
    return this.#source.isOfOldRun;
  }

  // For readers

  join(key: K, reader: Subscriber<In>): void {
    const topic = this.topics.get(key) ?? this.#add(key);
    const wasRead = topic.isRead;
    topic.add(reader);
    reader.add(() => this.#leave(topic, reader));
    if (wasRead) return;
    this.#readCount++;
    // Its last reader has left for good: without a new start the next one would have no snapshot.
    if (topic.hasLeft && topic.asked) topic.mustResync = true;
    topic.hasLeft = false;
    this.#source.subscribe();
    if (topic.isGone) return; // the messages have ended at once
    this.#rest();
    this.#links.attach();
    this.#links.sender.update(topic);
    this.#links.sender.pump(this.#isBatched);
  }

  resync(key: K): void {
    const topic = this.topics.get(key);
    if (topic?.isRead) this.#links.resync(topic);
  }

  #add(key: K): Topic<In, K> {
    const topic = new Topic<In, K>(key, this.#links.sender.atOpen);
    this.topics.set(key, topic);
    topic.release = this.#hold?.(key);
    return topic;
  }

  #leave(topic: Topic<In, K>, reader: Subscriber<In>): void {
    const wasReading = topic.readers.includes(reader);
    topic.remove(reader);
    if (topic.isGone || !wasReading) return;
    if (!topic.isRead) this.#readCount--;
    this.#left.push(topic);
    this.#sweepLater();
  }

  #sweepLater(): void {
    this.#sweeping.schedule();
  }

  #sweep(): void {
    const { sender } = this.#links;
    for (const topic of this.#left.splice(0)) {
      if (topic.isRead || topic.isGone) continue;
      topic.hasLeft = true;
      const abandoned = sender.abandon(topic);
      if (abandoned) {
        for (const other of abandoned) if (!other.isRead) this.remove(other); // it may be read again by now
      } else if (topic.making ?? (topic.asked && this.#links.canUnsubscribe)) sender.update(topic);
      else this.remove(topic);
    }
    sender.flush();
    if (!this.#readCount) this.#source.unsubscribe();
    this.#rest();
  }

  #rest(): void {
    this.#links.rest(this.#source.isSubscribed, (message) => {
      this.#dispatcher.next(message);
      this.#rest();
    });
  }

  /** The messages have ended, and with them all streams. */
  #endAll(error?: { readonly thrown: unknown }): void {
    const ended = [...this.topics.values()];
    this.topics = new Map(); // who subscribes again as its stream ends begins anew
    this.#left = [];
    this.#readCount = 0;
    this.#links.detach();
    for (const topic of ended) {
      topic.isGone = true;
      topic.release?.();
    }
    this.#dispatcher.afterDelivery(() => {
      for (const topic of ended) topic.end(error);
    });
  }

  // For what was asked, and for messages

  get areRead(): boolean {
    return this.#readCount === this.topics.size;
  }

  get receiving(): LinkRequests<In, K> | undefined {
    return this.#links.receiving;
  }

  deliver(topic: Topic<In, K>, message: In): void {
    this.#dispatcher.deliver(topic, message);
  }

  reject(cause: unknown): void {
    this.#port.reject(cause);
  }

  answered(topic: Topic<In, K>): void {
    this.#links.sender.update(topic);
    this.#port.pump();
  }

  remove(topic: Topic<In, K>): void {
    if (topic.isGone) return;
    topic.isGone = true;
    this.topics.delete(topic.key);
    topic.request?.link.forget(topic);
    if (topic.isRead && --this.#readCount === 0) this.#sweepLater();
    topic.release?.();
    if (!this.topics.size) this.#rest();
  }

  fail(topic: Topic<In, K>, thrown: unknown): void {
    if (topic.isGone || !topic.isRead) return;
    const readers = topic.removeAll(); // first: they may come back at once
    topic.hasLeft = true;
    this.#readCount--;
    this.#left.push(topic);
    this.#sweepLater();
    forEachSafely(readers, (reader) => reader.error(thrown));
  }

  end(topic: Topic<In, K>, error?: { readonly thrown: unknown }): void {
    if (topic.isGone) return;
    this.remove(topic);
    this.#links.sender.forgo(topic);
    topic.end(error);
  }
}
