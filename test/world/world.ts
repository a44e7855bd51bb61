import { dice } from '../../bench/herd/dice.js';
import type { Application } from './application.js';
import { Complaints } from './complaints.js';
import { BOOKS, Exchange } from './exchange.js';
import { FeedApplication } from './feed-application.js';
import { doerOf, happen } from './happen.js';
import type { Stage } from './happen.js';
import type { Library } from './library.js';
import { Machine } from './machine.js';
import { Network } from './network.js';
import type { Plan } from './plan.js';
import { PoolApplication } from './pool-application.js';
import { Server } from './server.js';
import { Timeline } from './timeline.js';
import { traceOf } from './trace.js';

/** Milliseconds between two changes of books. */
const CHANGES = 10_000;
/** Between two looks at everything. */
const INSPECTIONS = 10_000;
/** Until all has recovered, until the last changes have arrived, and until nothing is left. */
const RECOVERY = 400_000;
const LAST_CHANGES = 60_000;
const END = 60_000;

/** How many steps a moment may have. */
const MOST_STEPS = 20_000;

/** What came of a world. */
export interface Outcome {
  readonly complaints: readonly string[];
  /** Virtual hours, of all connections together. */
  readonly hours: number;
  readonly steps: number;
  readonly trace: readonly string[];
}

/** Clients, servers and the network between them, in virtual time. */
export class World {
  readonly complaints: Complaints;
  readonly stage: Stage;
  readonly #plan: Plan;
  readonly #timeline = new Timeline();
  readonly #changed = new Set<Application>();
  readonly #trace: string[] = [];
  #steps = 0;
  #instant = 0;
  #stepsInIt = 0;
  #isCalm = false;

  constructor(library: Library, plan: Plan, isTraced: boolean) {
    this.#plan = plan;
    this.complaints = new Complaints(() => this.#timeline.now);
    const machine = new Machine(this.#timeline);
    const exchange = new Exchange(dice(plan.seed + 1));
    const servers = Array.from({ length: plan.servers }, () => new Server(this.#timeline, exchange, plan.pings));
    const network = new Network(plan, machine, () => servers);
    const around = { library, machine, network, exchange, servers: plan.servers, pings: plan.pings };
    const applications = plan.clients.map((client, index) => {
      const make = client.kind === 'pool' ? PoolApplication : FeedApplication;
      const name = `client ${index}`;
      const application = new make(client, around, plan.seed + 100 * index, this.complaints.of(name));
      application.onChange = () => this.#changed.add(application);
      if (isTraced) {
        application.onWatch = (watch) => traceOf(watch, name, this.#note);
        application.watches.forEach(application.onWatch);
      }
      return application;
    });
    this.stage = { machine, network, servers, exchange, applications };
  }

  get outcome(): Outcome {
    let used = 0;
    for (const { watches } of this.stage.applications) for (const watch of watches) used += watch.used;
    return { complaints: this.complaints.list, hours: used / 3_600_000, steps: this.#steps, trace: this.#trace };
  }

  async play(): Promise<void> {
    const { applications } = this.stage;
    const { seconds, happenings } = this.#plan;
    applications.forEach((application, index) => {
      this.#timeline.at(700 * index, 0, () => application.start(), this.stage.machine);
    });
    for (const { at, ...what } of happenings) {
      if (at < seconds) this.#timeline.at(at * 1000, 0, () => this.#happen(what), doerOf(what, this.stage));
    }
    this.#changeBooks();
    this.#inspectLater();
    await this.#run(seconds * 1000);
    this.#recover();
    await this.#run(Math.max(0, this.stage.machine.frozenUntil - this.#timeline.now) + RECOVERY);
    this.#changeEveryBook();
    await this.#run(LAST_CHANGES);
    this.#checkQuiet();
    this.#note('the end');
    for (const application of applications) application.end();
    await this.#run(END);
    this.#checkNothingLeft();
  }

  readonly #note = (what: string): void => {
    this.#trace.push(`${(this.#timeline.now / 1000).toFixed(3)} s: ${what}`);
  };

  #happen(what: Parameters<typeof happen>[0]): void {
    this.#note(JSON.stringify(what));
    happen(what, this.stage);
    for (const application of this.stage.applications) this.#changed.add(application);
  }

  /** Everything that happens in the next so many milliseconds, and after each of it a check of whom it concerned. */
  async #run(ms: number): Promise<void> {
    const until = this.#timeline.now + ms;
    for (let next; this.complaints.list.length === 0 && (next = this.#timeline.next(until));) {
      this.#steps++;
      this.#watchTime();
      try {
        next.act();
      } catch (error) {
        this.complaints.of('thrown')(error instanceof Error ? (error.stack ?? '') : String(error));
      }
      for (let turn = 0; turn < 4; turn++) await Promise.resolve(); // promises have their turn
      for (const application of this.#changed) application.check();
      this.#changed.clear();
    }
  }

  /** A loop without time in it would go on for ever. */
  #watchTime(): void {
    if (this.#instant === this.#timeline.now) this.#stepsInIt++;
    else this.#stepsInIt = 0;
    this.#instant = this.#timeline.now;
    if (this.#stepsInIt > MOST_STEPS) this.complaints.of('time')(`${MOST_STEPS} steps take no time`);
  }

  #recover(): void {
    const { network, servers, machine } = this.stage;
    this.#note('all is well');
    network.clearUp();
    for (const wire of network.wires) wire.rate = Infinity;
    for (const server of servers) server.recover();
    this.#isCalm = true;
    this.#timeline.at(this.#timeline.now, 0, () => this.#calmDown(), machine); // not while it stands still
  }

  #calmDown(): void {
    for (const application of this.stage.applications) {
      application.start();
      application.calm();
    }
  }

  #changeBooks(): void {
    const { exchange } = this.stage;
    exchange.change(this.#sessions());
    this.#timeline.at(this.#timeline.now + CHANGES, 0, () => !this.#isCalm && this.#changeBooks());
  }

  /** So that every gap shows. */
  #changeEveryBook(): void {
    for (let book = 0; book < BOOKS; book++) this.stage.exchange.change(this.#sessions(), book);
  }

  #sessions() {
    return this.stage.servers.flatMap(({ audience }) => [...audience]);
  }

  #inspectLater(): void {
    const inspect = () => {
      for (const application of this.stage.applications) application.inspect();
      this.#inspectLater();
    };
    this.#timeline.at(this.#timeline.now + INSPECTIONS, 3, inspect, this.stage.machine);
  }

  #checkQuiet(): void {
    const { applications, servers } = this.stage;
    if (this.complaints.list.length > 0) return;
    for (const application of applications) {
      application.checkQuiet();
      const asked = servers
        .flatMap(({ sessions }) => [...sessions.values()])
        .filter(({ wire }) => application.watches.some((watch) => watch === wire.owner))
        .flatMap(({ keys }) => [...keys]);
      application.checkAsked(asked);
    }
  }

  #checkNothingLeft(): void {
    const { applications, servers, machine } = this.stage;
    if (this.complaints.list.length > 0) return;
    for (const application of applications) application.checkNothingLeft();
    const complain = this.complaints.of('the end');
    if (machine.pending > 0) complain(`${machine.pending} timers are left`);
    for (const { sessions } of servers) if (sessions.size > 0) complain(`a server has ${sessions.size} connections`);
  }
}
