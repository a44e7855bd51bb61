import { bounded } from '../protocol/backoff.js';
import type { Link } from '../protocol/link.js';
import type { ConnectionPort, Pacer, Receipt } from '../protocol/session-port.js';
import { Queue } from '../rx/queue.js';
import { ScheduledOnce } from '../rx/scheduled-once.js';
import type { LinkRequests } from './link-requests.js';
import type { MultiplexOptions } from './multiplex-options.js';
import { TopicMaker } from './topic-maker.js';
import type { TopicHost } from './topic-maker.js';
import { TopicQueue } from './topic-queue.js';
import type { Topic, TopicRequest } from './topic.js';
import { TopicsAtOpen } from './topics-at-open.js';

/**
 * Sends the messages about topics when they may go: what waits are topics, not messages. A batch holds the topics that
 * wait when the scheduler runs next, when a link opens, or when the pace lets the next message go.
 */
export class TopicSender<In, Out, K, Id> {
  /** Those that go first. */
  readonly atOpen: TopicsAtOpen<In, K>;
  readonly #options: MultiplexOptions<In, Out, K, Id>;
  readonly #port: ConnectionPort<In, Out>;
  readonly #host: TopicHost<In, K>;
  readonly #maker: TopicMaker<In, Out, K, Id>;
  readonly #meters = new WeakMap<Link, Pacer>();
  /** Whether there is anything to ask. */
  readonly #asks: boolean;
  readonly #needsAnswer: boolean;
  readonly #toSubscribe: TopicQueue<In, K>;
  readonly #toUnsubscribe: TopicQueue<In, K>;
  #turns = 0;
  /** What took its time, and waits for its turn now. */
  #made = new Queue<TopicRequest<In, K>>();
  /** How many messages may be begun that take their time: what is made long before it may go is not fresh. */
  #beginnings: readonly Pacer[] = [];
  /** One more, so that the next key, whose message may be there at once, does not wait for it. */
  #spare: TopicRequest<In, K> | undefined;
  /** A batch waits for the scheduler. */
  readonly #batch: ScheduledOnce;
  /** The wait for a pace. */
  readonly #wait: ScheduledOnce;

  constructor(options: MultiplexOptions<In, Out, K, Id>, port: ConnectionPort<In, Out>, host: TopicHost<In, K>) {
    this.#options = options;
    this.#port = port;
    this.#host = host;
    this.#maker = new TopicMaker(options, port, host, (request) => {
      if (request) this.#made.push(request);
      port.pump();
    });
    this.atOpen = new TopicsAtOpen((waiting) => {
      for (const topic of waiting) this.#toSubscribe.push(topic, this.#turns);
    });
    this.#batch = new ScheduledOnce(port.scheduler, () => port.pump());
    this.#wait = new ScheduledOnce(port.scheduler, () => port.pump());
    this.#asks = !!(options.subscribe ?? options.subscribeMany);
    this.#needsAnswer = (options.unsubscribe?.length ?? 0) > 2;
    this.#toSubscribe = new TopicQueue('subscribe', needsSubscribe);
    this.#toUnsubscribe = new TopicQueue('unsubscribe', (topic) => this.#needsUnsubscribe(topic));
  }

  get hasWaiting(): boolean {
    return !this.#batch.isWaiting && !this.isIdle && !this.#host.current!.wait;
  }

  /** What is being made is not waited for: it may never be there. */
  get isIdle(): boolean {
    return !(this.atOpen.isWaiting || (this.#toSubscribe.peek() ?? this.#toUnsubscribe.peek() ?? this.#made.peek()));
  }

  /** The meter of the topics' own pace: it goes on where all leave and others come. */
  meterOf(link: Link): Pacer | undefined {
    const meter = this.#meters.get(link) ?? this.#options.pace?.meter(this.#port.scheduler);
    if (meter) this.#meters.set(link, meter);
    return meter;
  }

  /** A link is open. @param areRead whether all topics have readers */
  opened(topics: ReadonlyMap<K, Topic<In, K>>, areRead: boolean): void {
    const { pace } = this.#options;
    this.#beginnings = [...this.#port.pacers(), ...(pace ? [pace.meter(this.#port.scheduler)] : [])];
    this.atOpen.fill(topics, areRead);
  }

  /** Forgets what waits: the link is gone. */
  reset(): void {
    this.atOpen.clear();
    this.#batch.cancel();
    this.#wait.cancel();
    this.#maker.cancelAll();
    this.#made = new Queue();
    this.#toSubscribe.clear();
    this.#toUnsubscribe.clear();
  }

  /** Queues a topic for what it needs. */
  update(topic: Topic<In, K>): void {
    if (!this.#host.current || !this.#asks) return; // it is asked for as a link opens, or never
    if (needsSubscribe(topic)) this.#toSubscribe.push(topic, ++this.#turns);
    else if (this.#needsUnsubscribe(topic)) this.#toUnsubscribe.push(topic, ++this.#turns);
  }

  /** Sends what may go. @param isBatch when the scheduler runs next, and with it what waits by then */
  pump(isBatch: boolean): void {
    if (isBatch && this.#host.current) this.#batch.schedule();
    else this.#port.pump();
  }

  /** Sends what may go, a batch that waits for the scheduler too. */
  flush(): void {
    this.#batch.cancel();
    this.#port.pump();
  }

  /**
   * Nobody reads a topic any more: the message that asks for it is not waited for, where nobody reads the others in it.
   * @returns the topics that are not asked for then, if there are any
   */
  abandon({ making }: Topic<In, K>): readonly Topic<In, K>[] | undefined {
    if (making?.kind !== 'subscribe' || isWanted(making)) return undefined;
    this.#maker.cancel(making);
    return making.topics;
  }

  /** The server has ended a topic: it is not asked to stop. The others of the message are, with another one. */
  forgo({ stopping }: Topic<In, K>): void {
    if (!stopping) return;
    this.#maker.cancel(stopping);
    for (const topic of stopping.topics) this.update(topic);
    this.#port.pump();
  }

  /** @returns the message that is to be sent now */
  next(): { readonly value: Out; readonly receipt: Receipt } | undefined {
    const { current } = this.#host;
    if (!current || !this.#mayGo(current.wait)) return undefined;
    current.beginTurn();
    for (let made; (made = this.#made.shift());) {
      if (isWanted(made)) return this.#maker.message(made);
      this.#maker.cancel(made);
    }
    while (!this.#batch.isWaiting && !this.isIdle && this.#mayGo(this.#untilBeginning())) {
      const request = this.#take(current);
      const isThere = this.#maker.make(request, () => this.#onDelay(request));
      if (isThere) return this.#maker.message(request);
      if (this.#host.current !== current) return this.next(); // all have left by what was called, and some have come back
    }
    current.endTurn(false);
    return undefined;
  }

  /** The topics whose turn it is, as many as a message takes. */
  #take(link: LinkRequests<In, K>): TopicRequest<In, K> {
    const { subscribeMany, unsubscribeMany, keysPerMessage = Infinity } = this.#options;
    const limit = subscribeMany ? keysPerMessage : 1;
    if (this.atOpen.isWaiting) return this.atOpen.take(limit, link);
    return this.#toSubscribe.turn < this.#toUnsubscribe.turn
      ? this.#toSubscribe.take(limit, link)
      : this.#toUnsubscribe.take(unsubscribeMany ? keysPerMessage : 1, link);
  }

  #onDelay(request: TopicRequest<In, K>): void {
    if (this.#spare?.making?.closed === false) for (const pacer of this.#beginnings) pacer.count();
    else this.#spare = request;
  }

  #needsUnsubscribe(topic: Topic<In, K>): boolean {
    if (!topic.asked || topic.making) return false;
    return (topic.isRead ? topic.mustResync : topic.hasLeft) && (topic.isAnswered || !this.#needsAnswer);
  }

  #untilBeginning(): number {
    return this.#beginnings.reduce((longest, pacer) => Math.max(longest, pacer.wait()), 0);
  }

  /** @returns whether there is nothing to wait for; else what waits goes after the wait */
  #mayGo(wait: number): boolean {
    if (wait <= 0) return true;
    if (!this.isIdle) this.#wait.schedule(bounded(Math.ceil(wait)));
    return false;
  }
}

function needsSubscribe<In, K>(topic: Topic<In, K>): boolean {
  return topic.isRead && !topic.request && !topic.stopping && !topic.isGone;
}

/** Whether somebody reads one of the topics that a message asks for. */
function isWanted<In, K>({ kind, topics, isCancelled }: TopicRequest<In, K>): boolean {
  return !isCancelled && (kind === 'unsubscribe' || topics.some(({ isRead }) => isRead));
}
