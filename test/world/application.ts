import { Subscription } from 'rxjs';
import type { Observable } from 'rxjs';
import { dice } from '../../bench/herd/dice.js';
import type { WebSocketConnection } from '../../src/index.node.js';
import type { BookSource } from './book.js';
import type { Complain } from './complaints.js';
import { every, Pauses } from './habits.js';
import { Ledger } from './ledger.js';
import type { ClientPlan, Deed } from './plan.js';
import { Requests } from './requests.js';
import type { Received, Sent } from './session.js';
import { Shelf } from './shelf.js';
import { Maker, rulesFor } from './supervision.js';
import type { Surroundings } from './supervision.js';
import { Watch } from './watch.js';
import { wrongEnd } from './wrong-end.js';

/** How long a user waits before trying again what has ended. */
const AGAIN = 20_000;

export type Feed = WebSocketConnection<Received, Sent>;

/** One application: what feeds and pools have in common. */
export abstract class Application {
  readonly watches: Watch[] = [];
  /** What makes a step be followed by a check. */
  onChange: () => void = () => undefined;
  /** Told of each connection that is made. */
  onWatch: ((watch: Watch) => void) | undefined;
  protected readonly plan: ClientPlan;
  protected readonly around: Surroundings;
  protected readonly ledger: Ledger;
  protected readonly complain: Complain;
  protected readonly roll: () => number;
  protected readonly requests: Requests;
  protected readonly shelf: Shelf;
  /** What runs by itself: until the end, and until it stops. */
  protected timers = new Subscription();
  protected traffic = new Subscription();
  protected isWanted = false;
  /** Whether somebody has asked for the end of what runs now. */
  protected isEndAsked = false;
  readonly #maker: Maker;
  readonly #pauses: Pauses;
  #isOver = false;

  constructor(plan: ClientPlan, around: Surroundings, seed: number, complain: Complain) {
    this.plan = plan;
    this.around = around;
    this.complain = complain;
    this.ledger = new Ledger(complain);
    this.roll = dice(seed);
    this.#pauses = new Pauses(around.machine);
    this.#maker = new Maker(plan, around, this.ledger, this.roll);
    this.requests = new Requests((make) => this.ask(make), this.ledger, this.roll, complain);
    this.shelf = new Shelf({
      ...{ library: around.library, roll: this.roll, complain },
      topics: () => this.topics,
      most: () => this.most,
      bookEnded: (error, read) => this.#bookEnded(error, read),
    });
  }

  protected abstract readonly topics: BookSource;
  protected abstract ask(make: (id: number) => Sent): Observable<Received>;
  protected abstract note(n: number): void;
  protected abstract readonly most: number;
  abstract do(deed: Deed): void;
  protected abstract pauseAll(): () => void;
  protected abstract close(): Promise<void>;

  protected make(index: number): Feed {
    const name = `${this.plan.kind} ${index}`;
    const watch = new Watch(name, this.around.machine, this.ledger, rulesFor(this.plan), (what) =>
      this.complain(`${name}: ${what}`),
    );
    watch.onChange = () => this.onChange();
    watch.onSend = (message) => this.shelf.sending(message);
    this.watches.push(watch);
    const feed = this.#maker.make(watch, index);
    this.onWatch?.(watch);
    return feed;
  }

  get connections(): readonly WebSocketConnection[] {
    return this.watches.map(({ connection }) => connection);
  }

  // What it does by itself

  start(): void {
    if (this.isWanted || this.#isOver) return;
    this.isWanted = true;
    this.timers = new Subscription();
    for (let index = 0; index < Math.min(this.plan.books, this.most); index++) this.shelf.read();
    this.shelf.resync(); // it may have left them a moment ago
    this.traffic = new Subscription();
    this.timers.add(this.traffic);
    const { machine } = this.around;
    this.traffic.add(every(this.plan.sends, machine, this.roll, () => this.note(this.ledger.give())));
    this.traffic.add(every(this.plan.asks, machine, this.roll, () => this.requests.send()));
  }

  /** It sends nothing any more by itself. */
  calm(): void {
    this.traffic.unsubscribe();
    this.release();
  }

  stop(): void {
    this.isWanted = false;
    this.timers.unsubscribe();
    this.requests.leaveAll();
    this.shelf.leaveAll();
  }

  /** For good: it closes what it has, or unsubscribes. */
  end(): void {
    this.#isOver = true;
    if (this.roll() < 0.5) this.requests.owe(this.close());
    this.stop();
  }

  protected again(act: () => void): void {
    if (this.isWanted) this.timers.add(this.around.machine.schedule(act, AGAIN));
  }

  protected ended(error?: unknown): void {
    const wrong = wrongEnd(error, this.isEndAsked || this.#isOver, this.around.exchange.final);
    if (wrong !== undefined) this.complain(wrong);
  }

  #bookEnded(error: unknown, read: () => void): void {
    if (this.plan.kind === 'pool') this.ended(error); // a feed has said it already
    this.again(read);
  }

  // What users do

  /** What users of feeds and of pools do alike. */
  protected doAlike(deed: 'read' | 'leave' | 'leaveAndRead' | 'swap' | 'request' | 'leaveRequest'): void {
    if (!this.isWanted) return;
    if (deed === 'request') this.requests.send();
    else if (deed === 'leaveRequest') this.requests.leave();
    else this.shelf[deed]();
  }

  burst(count: number, isOnLink: boolean): void {
    const link = isOnLink ? this.connections.find((connection) => connection.link)?.link : undefined;
    for (let index = 0; index < count && this.isWanted; index++) {
      if (link) link.send({ t: 'word', n: this.ledger.give() });
      else if (!isOnLink) this.note(this.ledger.give());
    }
  }

  pause(ms: number): void {
    this.#pauses.add(this.pauseAll(), ms);
  }

  release(): void {
    this.#pauses.release();
  }

  // What must hold

  check(): void {
    for (const watch of this.watches) watch.check();
    this.shelf.checkReceived();
    const missing = this.ledger.missing(this.connections);
    if (this.plan.kind === 'pool' ? missing < 0 : missing !== 0)
      this.complain(`${missing} messages are missing: ${String(this.ledger)}`);
  }

  inspect(): void {
    this.check();
    for (const watch of this.watches) watch.inspect();
  }

  /** All is quiet. */
  checkQuiet(): void {
    this.inspect();
    const { exchange } = this.around;
    this.shelf.check(exchange);
    const missing = this.ledger.missing(this.connections);
    if (missing !== 0) this.complain(`${missing} messages are missing: ${String(this.ledger)}`);
    this.requests.check();
    for (const what of this.ledger.unsettled) this.complain(`${what} has not settled`);
  }

  /** All is quiet. @param keys what servers send to it, from all connections together */
  checkAsked(keys: readonly string[]): void {
    const [asked, read] = [[...keys].sort().join(' '), [...this.shelf.keys].sort().join(' ')];
    if (asked !== read) this.complain(`its servers send ${asked || 'nothing'}, and it reads ${read || 'nothing'}`);
  }

  /** It has ended, and all its promises are kept. */
  checkNothingLeft(): void {
    for (const watch of this.watches) watch.checkNothingLeft();
    this.requests.check();
  }
}
