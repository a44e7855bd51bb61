import { AsyncSubject, Subject } from 'rxjs';
import type { Observable, Subscriber, Subscription } from 'rxjs';
import { runAfter } from '../rx/after.js';
import type { DroppedEvent, LifecycleEvent } from '../protocol/lifecycle.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import { addTeardown } from '../rx/lean-subscriber.js';
import { AttemptList } from './attempt-list.js';
import type { ResolvedConfig } from './config.js';
import type { Publish } from './event-delivery.js';
import { Health } from './health.js';
import { Membership } from './membership.js';
import type { RunStream } from './membership.js';
import { Outgoing } from './outgoing.js';
import { Run } from './run.js';
import type { RunCore } from './run.js';
import { transition } from './state.js';
import type { StateChange } from './state.js';
import { StateObservable } from './state-observable.js';
import { Counters } from './stats.js';
import { Turns } from './turns.js';
import type { Supervision } from './web-socket-connection.js';

/**
 * What outlives a run: the outbox, the state, the counters, the leases, and what is known of connections before.
 *
 * By hand, and not with `share`, `takeUntil` and Subjects: these held 4 kB of heap a connection, and a Subject makes a
 * closure for every value.
 */
export class ConnectionCore<In, Out> implements RunCore<In, Out> {
  readonly config: ResolvedConfig<In, Out>;
  readonly stats: Counters;
  readonly supervision: readonly Supervision[];
  readonly health: Health;
  readonly turns = new Turns();
  readonly attempts = new AttemptList<In, Out>();
  readonly outgoing: Outgoing<In, Out>;
  run: Run<In, Out> | undefined;
  readonly state = new StateObservable();
  #events: Subject<LifecycleEvent> | undefined;
  /** Waits for the end of a `close()`. */
  #next: Run<In, Out> | undefined;
  /** How many calls of `close()` are under way. */
  #closings = 0;
  /** The wait for another subscriber, when the last one has unsubscribed. */
  #lingering: Subscription | undefined;
  #leases = 0;
  /** Called with each event, where the platform publishes those of all connections. */
  publish: Publish | undefined;
  connection: object | undefined; // what users hold
  #lastId = 0;

  constructor(config: ResolvedConfig<In, Out>, supervision: readonly Supervision[]) {
    this.config = config;
    this.supervision = supervision;
    this.health = new Health(config.scheduler);
    this.stats = new Counters(this);
    this.outgoing = new Outgoing(config, this.stats, this);
  }

  /** Of the run that is under way, over all runs; made when somebody asks for it: most connections have none. */
  get events(): Observable<LifecycleEvent> {
    return (this.#events ??= new Subject()).asObservable();
  }

  /** Whether somebody reads, or waits for the run after a `close()` to read it. */
  get isRead(): boolean {
    return [this.run, this.#next].some((run) => run?.readers.members.length);
  }

  pause(): () => void {
    let isHeld = true;
    if (++this.#leases === 1) this.run?.hold(true);
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#leases === 0) this.run?.hold(false);
    };
  }

  get bufferedAmount(): number {
    const { phase = 'ended', socket } = this.run?.attempt ?? {};
    return phase === 'ended' ? 0 : (socket?.raw?.bufferedAmount ?? 0);
  }

  get isPaused(): boolean {
    return this.#leases > 0;
  }

  change(change: StateChange): void {
    const state = transition(this.state.value, change);
    if (state.status !== 'open') this.stats.latency = undefined;
    else if (change.type === 'heartbeat') this.stats.latency = change.latency;
    if (state !== this.state.value) StateObservable.change(this.state, state);
  }

  observe(event: LifecycleEvent): void {
    this.#events?.next(event);
    this.publish?.(event, this.connection!);
  }

  nextId(): number {
    return ++this.#lastId;
  }

  ended(change: StateChange): void {
    this.run = undefined;
    this.#lingering?.unsubscribe();
    this.change(change);
  }

  /** The run that a new subscriber joins, if there is one. During a `close()` it is the next one, made when first asked for. */
  get joinable(): Run<In, Out> | undefined {
    return this.#closings || this.#next || this.run?.isClosing ? (this.#next ??= new Run(this)) : this.run;
  }

  /** Subscribes to the run, which is begun where there is none. */
  join(kind: RunStream, subscriber: Subscriber<never>): void {
    if (subscriber.closed) return;
    const { joinable } = this;
    const run = joinable ?? (this.run = new Run(this));
    if (run === this.run) this.#lingering?.unsubscribe();
    run[kind].add(subscriber);
    addTeardown(subscriber, new Membership(this, run, kind, subscriber));
    if (!joinable) run.start();
  }

  removeSubscriber(run: Run<In, Out>, kind: RunStream, subscriber: Subscriber<never>): void {
    run[kind].remove(subscriber);
    if (run.isEmpty && run === this.run) this.#onLastUnsubscribe(run);
  }

  #onLastUnsubscribe(run: Run<In, Out>): void {
    const { linger, scheduler } = this.config;
    const stop = () => {
      const { value } = this.state;
      this.run = undefined;
      run.stop();
      const rest = () => (!this.run || this.state.value === value) && this.change({ type: 'idle' });
      this.turns.run(() => this.turns.run(rest)); // behind the first state of a run that begins meanwhile
    };
    if (linger > 0) this.#lingering = runAfter(linger, scheduler, stop);
    else stop();
  }

  /** Ends the run. @param resolve is called when nothing is left of any socket */
  close(code: number, reason: string, resolve: () => void): void {
    const { run, outgoing } = this;
    const attempts = this.attempts.members; // not those of a run that begins meanwhile
    let awaited = attempts.length + 1;
    const settle = () => {
      if (--awaited > 0) return;
      run?.complete(); // whatever the supervision still waits for
      this.#closings--;
      this.turns.run(() => this.#startNext());
      resolve();
    };
    for (const { socket } of attempts) socket.onReleased(settle);
    this.#closings++;
    this.#cancelNext();
    if (run) run.isClosing = true;
    const { attempt } = run ?? {};
    const link = attempt?.openSince === undefined ? undefined : attempt.link;
    const isSent = new AsyncSubject<void>();
    outgoing.finish(link?.writable ? link : undefined, this.config.closeTimeout, () => isSent.complete());
    if (!attempts.filter((attempt) => attempt.close(code, reason, isSent)).length) {
      this.turns.run(() => {
        if (run && run === this.run) this.change({ type: 'cancelled', code, reason });
      });
      run?.complete();
    }
    settle();
  }

  /** Subscribers that wait for a new run complete too. */
  #cancelNext(): void {
    const next = this.#next;
    this.#next = undefined;
    const waiting = next?.subscribers ?? [];
    this.turns.run(() => forEachSafely(waiting, (subscriber) => subscriber.complete()));
  }

  /** Begins the run that has waited for the end of a `close()`. */
  #startNext(): void {
    const next = this.#next;
    if (this.#closings > 0 || this.run) return; // a run that closes has its own turn after its end
    this.#next = undefined;
    if (!next || next.isEmpty) return;
    this.run = next;
    next.start();
  }

  /** For its outgoing messages. To the present subscribers, also where the messages were sent in an earlier run, or before this one has begun. */
  emitDropped(event: DroppedEvent): void {
    this.turns.run(() => {
      const run = this.run ?? this.#next;
      if (run) run.delivery.deliver(event, undefined);
      else this.observe(event);
    });
  }
}
