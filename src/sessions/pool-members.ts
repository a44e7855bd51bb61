import { BehaviorSubject } from 'rxjs';
import type { Pace } from '../connection/pace.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { refuse } from '../protocol/arguments.js';
import { WebSocketError } from '../protocol/errors.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { ScheduledOnce } from '../rx/scheduled-once.js';
import { DialGate } from './dial-gate.js';
import { KeyPlaces } from './key-places.js';
import type { PlaceHolder } from './key-places.js';
import { PoolRun } from './pool-run.js';
import { portOf } from './ports.js';

/** What the members of a pool are made of, and what they report to. */
export interface PoolMembersHost<In, Out> {
  readonly create: (index: number) => WebSocketConnection<In, Out>;
  readonly max: number;
  readonly keysPerConnection: number;
  readonly dials: Pace | undefined;
  /** A run is to begin in its turn. */
  started(run: PoolRun<In, Out>): void;
  emitted(connection: WebSocketConnection<In, Out>, event: LifecycleEvent): void;
}

/** A connection of a pool, in use or not. */
class PoolMember<In, Out> implements PlaceHolder {
  readonly connection: WebSocketConnection<In, Out>;
  keyCount = 0;
  /** Of keys and of requests. */
  leaseCount = 0;
  run: PoolRun<In, Out> | undefined;

  constructor(connection: WebSocketConnection<In, Out>) {
    this.connection = connection;
  }
}

/** The connections of a pool, and who leases which. */
export class PoolMembers<In, Out> {
  readonly connections = new BehaviorSubject<readonly WebSocketConnection<In, Out>[]>([]);
  readonly #host: PoolMembersHost<In, Out>;
  readonly #places: KeyPlaces<PoolMember<In, Out>>;
  #members: PoolMember<In, Out>[] = [];
  #gate: DialGate | undefined;
  #sweeping: ScheduledOnce | undefined;

  constructor(host: PoolMembersHost<In, Out>) {
    this.#host = host;
    this.#places = new KeyPlaces(() => this.#choose(({ keyCount }) => keyCount, host.keysPerConnection));
  }

  /** Those in use. */
  get runs(): PoolRun<In, Out>[] {
    return this.#members.flatMap(({ run }) => run ?? []);
  }

  /**
   * Leases the member that serves a key.
   * @param onRun is called with its run, now or when there is a place for the key
   * @returns ends the lease
   * @throws WebSocketError where all are full
   */
  leaseForKey(key: unknown, onRun: (run: PoolRun<In, Out>) => void): () => void {
    this.#renew();
    let release: (() => void) | undefined;
    const endPlace = this.#places.take(key, (member) => {
      release = this.#lease(member);
      onRun(this.#runOf(member));
    });
    if (!endPlace) {
      const { max, keysPerConnection } = this.#host;
      throw new WebSocketError(`All ${max} connections are full, with ${keysPerConnection} keys each.`);
    }
    return () => {
      endPlace();
      release?.();
      this.#sweepLater();
    };
  }

  /** Leases a member for something that takes no key's place. @returns ends the lease */
  leaseForRequest(onRun: (run: PoolRun<In, Out>) => void): () => void {
    this.#renew();
    const member = this.#choose(({ leaseCount }) => leaseCount, Infinity)!;
    const release = this.#lease(member);
    onRun(this.#runOf(member));
    return () => {
      release();
      this.#sweepLater();
    };
  }

  /** Keeps the place of a key, while the server may have it. @returns gives it back */
  hold(key: unknown): () => void {
    const release = this.#places.hold(key);
    return () => {
      release();
      this.#sweepLater();
    };
  }

  /**
   * Begins anew with connections that are being closed: their servers are about to forget all keys, and new leases wait
   * for the end of the `close()`.
   */
  #renew(): void {
    for (const member of this.#members.filter(({ run }) => run?.isEnding)) {
      this.#members[this.#members.indexOf(member)] = new PoolMember(member.connection);
      this.#places.drop(member);
      this.#sweepLater();
    }
  }

  #lease(member: PoolMember<In, Out>): () => void {
    member.leaseCount++;
    return () => {
      member.leaseCount--;
    };
  }

  /** The member's run, which is begun where there is none. */
  #runOf(member: PoolMember<In, Out>): PoolRun<In, Out> {
    if (member.run) return member.run;
    const { connection } = member;
    const run = new PoolRun<In, Out>(
      connection,
      {
        emitted: (event) => this.#host.emitted(connection, event),
        ended: (isGone) => {
          if (member.run === run) member.run = undefined;
          if (!isGone) return;
          this.#places.drop(member);
          this.#sweepLater();
        },
      },
      this.#gate,
    );
    member.run = run;
    this.#host.started(run);
    return run;
  }

  /** The least loaded one with room: of those in use, an open one before one that cannot connect; then others. */
  #choose(loadOf: (member: PoolMember<In, Out>) => number, limit: number): PoolMember<In, Out> | undefined {
    const rank = (member: PoolMember<In, Out>) => (member.run ? Number(member.run.cannotConnect) : 2);
    const [best] = this.#members
      .filter((member) => loadOf(member) < limit)
      .sort((one, other) => rank(one) - rank(other) || loadOf(one) - loadOf(other));
    return best ?? this.#create();
  }

  #create(): PoolMember<In, Out> | undefined {
    const { create, max, dials } = this.#host;
    const index = this.#members.length;
    if (index >= max) return undefined;
    const connection = create(index);
    if (!('lifecycle' in Object(connection))) refuse('create', 'a function that returns a connection', connection);
    if (dials) {
      const gate = (this.#gate ??= new DialGate(dials, portOf(connection).scheduler));
      portOf(connection).gate((begin) => gate.dial(begin));
    }
    const member = new PoolMember(connection);
    this.#members.push(member);
    this.connections.next([...this.connections.value, connection]);
    return member;
  }

  #sweepLater(): void {
    this.#sweeping ??= new ScheduledOnce(portOf(this.#members[0]!.connection).scheduler, () => this.#sweep());
    this.#sweeping.schedule();
  }

  #sweep(): void {
    this.#places.sweep();
    for (const member of this.#members) {
      if (!member.leaseCount && !this.#places.areAwaited) member.run?.end();
    }
  }
}
