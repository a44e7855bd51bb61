import { Subscription } from 'rxjs';
import type { Observable } from 'rxjs';
import { isOutboxOverflowError } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { Application } from './application.js';
import type { Feed } from './application.js';
import type { BookSource } from './book.js';
import type { Complain } from './complaints.js';
import { BOOKS } from './exchange.js';
import { ReaderOrder } from './frame-order.js';
import type { ClientPlan, Deed } from './plan.js';
import type { Received, Sent } from './session.js';
import { requestsOn, topicsOn } from './sessions-on.js';
import type { Surroundings } from './supervision.js';

/** Whoever uses one connection for all. */
export class FeedApplication extends Application {
  protected readonly topics: BookSource;
  protected readonly most = BOOKS;
  readonly #feed: Feed;
  readonly #request: (make: (id: number) => Sent) => Observable<Received>;
  #listening = Subscription.EMPTY;

  constructor(plan: ClientPlan, around: Surroundings, seed: number, complain: Complain) {
    super(plan, around, seed, complain);
    this.#feed = this.make(seed % around.servers);
    this.topics = topicsOn(this.#feed, around, plan, this.roll() < 0.5);
    this.#request = requestsOn(this.#feed, around);
  }

  override start(): void {
    const wasWanted = this.isWanted;
    super.start();
    if (this.isWanted && !wasWanted) this.#listen();
  }

  override stop(): void {
    super.stop();
    this.#listening.unsubscribe();
  }

  protected close(): Promise<void> {
    return this.#feed.close();
  }

  protected pauseAll(): () => void {
    return this.#feed.pause();
  }

  do(deed: Deed): void {
    const feed = this.#feed;
    switch (deed) {
      case 'reconnect':
        return feed.reconnect();
      case 'reconnectBeside':
        return feed.reconnect({ overlap: 2000 });
      case 'terminate':
        return feed.link?.terminate(new Error('enough'));
      case 'linkClose':
        return this.#end(() => feed.link?.close());
      case 'close':
        return this.#end(() => this.requests.owe(feed.close(4000, 'enough')));
      case 'closeAndSubscribe':
        this.#end(() => this.requests.owe(feed.close()));
        this.#listening.unsubscribe();
        return this.isWanted ? this.#listen() : undefined;
      case 'complete':
        return this.#end(() => feed.messages.complete());
      case 'drained':
        return this.requests.owe(feed.drained());
      default:
        return this.doAlike(deed);
    }
  }

  protected ask(make: (id: number) => Sent): Observable<Received> {
    return this.#request(make);
  }

  protected note(n: number): void {
    if (this.roll() < 0.5) {
      this.ledger.promise(n, 'the promise of');
      this.#feed.send({ t: 'note', n }).then(
        () => this.ledger.settled(n),
        (error: unknown) => this.ledger.settled(n, error),
      );
      return;
    }
    try {
      this.#feed.messages.next({ t: 'note', n });
    } catch (error) {
      this.ledger.refused();
      const isAllowed = isOutboxOverflowError(error) && this.plan.outbox.overflow === 'error';
      if (!isAllowed) this.complain(`next() has thrown ${String(error)}`);
    }
  }

  #end(act: () => void): void {
    this.isEndAsked = true;
    act();
  }

  #listen(): void {
    if (!this.#listening.closed) return;
    const order = new ReaderOrder(this.complain);
    const listening = (this.#listening = new Subscription());
    const end = (error?: unknown) => {
      this.ended(error);
      listening.unsubscribe();
      this.again(() => this.#listen());
    };
    const follow = ({ type }: LifecycleEvent) => {
      if (type === 'connecting') this.isEndAsked = false;
    };
    listening.add(this.#feed.lifecycle.subscribe({ next: follow, error: end, complete: () => end() }));
    const next = (message: Received) => {
      order.next(message);
      this.shelf.arrived(message);
    };
    const messages = this.#feed.messages.subscribe({ next, error: () => undefined });
    listening.add(messages);
  }
}
