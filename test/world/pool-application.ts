import type { Observable } from 'rxjs';
import type { ConnectionPool } from '../../src/index.node.js';
import { Application } from './application.js';
import type { BookSource } from './book.js';
import type { Complain } from './complaints.js';
import { BOOKS } from './exchange.js';
import { PaceCheck } from './pace-check.js';
import type { ClientPlan, Deed } from './plan.js';
import type { Received, Sent } from './session.js';
import { requestsOn, topicsOn } from './sessions-on.js';
import type { Surroundings } from './supervision.js';

const DIALS = { messages: 5, per: 60_000 };

/** Whoever spreads books over a pool of connections. */
export class PoolApplication extends Application {
  protected readonly topics: BookSource;
  protected readonly most: number;
  readonly #pool: ConnectionPool<Received, Sent>;
  readonly #request: (make: (id: number) => Sent) => Observable<Received>;

  constructor(plan: ClientPlan, around: Surroundings, seed: number, complain: Complain) {
    super(plan, around, seed, complain);
    const { max, keysPerConnection, dials } = plan;
    const { library, machine } = around;
    const pace = new PaceCheck(dials ? [DIALS] : [], (what) => complain(`dials: ${what}`));
    this.most = Math.min(BOOKS, max * keysPerConnection);
    this.#pool = library.connectionPool<Received, Sent>({
      create: (index) => {
        const feed = this.make((seed + index) % around.servers);
        this.watches.at(-1)!.onDial = () => pace.send(machine.timeline.now);
        return feed;
      },
      ...{ max, keysPerConnection },
      dials: dials ? library.atMost(DIALS.messages, DIALS.per) : undefined,
    });
    this.topics = topicsOn(this.#pool, around, plan, this.roll() < 0.5);
    this.#request = requestsOn(this.#pool, around);
  }

  protected close(): Promise<void> {
    return this.#pool.close();
  }

  protected pauseAll(): () => void {
    return this.#pool.pause();
  }

  do(deed: Deed): void {
    const pool = this.#pool;
    const [connection] = this.watches.map((watch) => watch.connection).filter(({ link }) => link);
    switch (deed) {
      case 'reconnect':
        return pool.reconnect();
      case 'reconnectBeside':
        return pool.reconnect({ overlap: 2000 });
      case 'terminate':
        return connection?.link?.terminate(new Error('enough'));
      case 'linkClose':
        return this.#end(() => connection?.link?.close());
      case 'close':
        return this.#end(() => this.requests.owe(pool.close(4000, 'enough')));
      case 'closeAndSubscribe':
        this.#end(() => this.requests.owe(pool.close()));
        return this.shelf.leaveAndRead();
      case 'complete':
        return this.#end(() => connection?.messages.complete());
      case 'drained':
        return this.withFirst((first) => this.requests.owe(first.drained()));
      default:
        return this.doAlike(deed);
    }
  }

  protected ask(make: (id: number) => Sent): Observable<Received> {
    return this.#request(make);
  }

  /** A pool sends by its connections only. */
  protected note(n: number): void {
    if (this.plan.outbox.overflow === 'error' || this.watches.length === 0) this.ledger.refused();
    else this.withFirst((first) => first.messages.next({ t: 'note', n }));
  }

  #end(act: () => void): void {
    this.isEndAsked = true;
    act();
  }

  private withFirst(act: (connection: (typeof this.watches)[number]['connection']) => void): void {
    const [first] = this.watches;
    if (first) act(first.connection);
  }
}
