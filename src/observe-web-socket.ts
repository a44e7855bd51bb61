import { BehaviorSubject, defer, Observable, Subject, takeUntil, timer } from 'rxjs';
import type { OperatorFunction, Subscriber, Subscription } from 'rxjs';
import { expectFunction } from './arguments.js';
import { Attempt } from './attempt.js';
import type { AttemptHost } from './attempt.js';
import { bounded } from './backoff.js';
import { unsendable } from './close-codes.js';
import { resolveConfig } from './config.js';
import type { ResolvedConfig, WebSocketConfig } from './config.js';
import { toError } from './errors.js';
import type { DroppedEvent, LifecycleEvent } from './lifecycle.js';
import { MessageSubject } from './message-subject.js';
import { Outbox } from './outbox.js';
import type { Pausable } from './read-with-backpressure.js';
import { IDLE, transition } from './state.js';
import type { ConnectionState, StateChange } from './state.js';
import { Counters } from './stats.js';
import type { ConnectionStats } from './stats.js';
import type { Transport } from './transport/transport.js';

/** Where a connection stands; replays the current state, never errors, and subscribing to it never connects. */
export class StateObservable extends Observable<ConnectionState> {
  readonly #state: BehaviorSubject<ConnectionState>;

  /** @internal */
  constructor(state: BehaviorSubject<ConnectionState>) {
    super((subscriber) => state.subscribe(subscriber));
    this.#state = state;
  }

  /** The state now. */
  get value(): ConnectionState {
    return this.#state.value;
  }
}

/** A WebSocket as two streams. */
export interface WebSocketConnection<In = unknown, Out = In> extends Pausable, AsyncDisposable {
  /**
   * The supervised lifecycle. Subscribing connects; the last subscriber of `lifecycle` and `messages` to leave closes
   * the socket with 1000. Completes if we asked for the end, else errors with what the supervision passed on.
   */
  readonly lifecycle: Observable<LifecycleEvent>;
  /** The messages, in both directions; ends together with `lifecycle`. */
  readonly messages: MessageSubject<In, Out>;
  /** Where the connection stands; subscribing to it does not connect. */
  readonly state: StateObservable;
  /** What went through it so far. */
  readonly stats: ConnectionStats;
  /**
   * Ends the run: an open connection is flushed and closed with a handshake of at most `closeTimeout`; one that
   * connects or waits for a retry is given up at once, and what waits in the outbox is `dropped`. Both streams
   * complete. Resolves when nothing is left of the socket.
   * @param code 1000 or 3000 to 4999. Default 1000
   * @param reason at most 123 bytes of UTF-8. Default empty
   * @throws RangeError (a rejection) for any other code or reason; then nothing is sent
   */
  close(code?: number, reason?: string): Promise<void>;
}

/** What steers the lifecycle of connections: applied in order to the raw lifecycle. */
export type Supervision = OperatorFunction<LifecycleEvent, LifecycleEvent>;

/** From the first subscriber to the end: one subscription of the supervised lifecycle, and one after another its connections. */
interface Run<In, Out> {
  readonly lifecycle: Subject<LifecycleEvent>;
  readonly messages: Subject<In>;
  readonly stop: Subject<void>;
  subscribers: number;
  attempts: number;
  attempt: Attempt<In, Out> | undefined;
  linger: Subscription | undefined;
  closing: boolean;
  /** Under way now, in order. */
  readonly deliveries: (() => void)[];
}

/** Makes a connection; nothing happens until someone subscribes. @internal */
export function createConnection<In, Out>(
  config: string | URL | WebSocketConfig<In, Out>,
  supervision: readonly Supervision[],
  platformTransport: () => Transport,
): WebSocketConnection<In, Out> {
  supervision.forEach((operator, index) => expectFunction(`supervision[${index}]`, operator));
  return new Connection(resolveConfig(config, platformTransport), supervision);
}

// Not everywhere yet, and TypeScript's helpers look for it under this name.
const asyncDispose: typeof Symbol.asyncDispose =
  (Symbol.asyncDispose as typeof Symbol.asyncDispose | undefined) ??
  (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** The run, the outbox, the state and the leases; sockets are the attempts' business. */
class Connection<In, Out> implements WebSocketConnection<In, Out> {
  readonly lifecycle: Observable<LifecycleEvent>;
  readonly messages: MessageSubject<In, Out>;
  readonly state: StateObservable;
  readonly stats: ConnectionStats;
  readonly #config: ResolvedConfig<In, Out>;
  readonly #supervision: readonly Supervision[];
  readonly #state = new BehaviorSubject<ConnectionState>(IDLE);
  readonly #counters: Counters;
  readonly #host: AttemptHost<In, Out>;
  readonly #outbox: Outbox;
  /** Attempts of which something is left, in the background too. */
  readonly #attempts = new Set<Attempt<In, Out>>();
  #run: Run<In, Out> | undefined;
  /** The attempt whose `open` has left the supervision, and for which the outbox was flushed. */
  #ready: Attempt<In, Out> | undefined;
  #leases = 0;

  constructor(config: ResolvedConfig<In, Out>, supervision: readonly Supervision[]) {
    this.#config = config;
    this.#supervision = supervision;
    this.#outbox = new Outbox(config.outbox, config.scheduler, (count, reason) => this.#drop(count, reason));
    this.#counters = new Counters(
      () => this.#outbox.size,
      () => this.#run?.attempt?.bufferedAmount ?? 0,
    );
    this.stats = this.#counters;
    this.#host = {
      config,
      stats: this.#counters,
      isPaused: () => this.#leases > 0,
      closing: () => this.#change({ type: 'closing' }),
      drop: (count, reason, error) => this.#drop(count, reason, error),
    };
    this.state = new StateObservable(this.#state);
    this.lifecycle = new Observable((subscriber) => this.#join((run) => run.lifecycle, subscriber));
    this.messages = new MessageSubject<In, Out>({
      subscribe: (subscriber) => this.#join((run) => run.messages, subscriber),
      observed: () => this.#run?.messages.observed ?? false,
      send: (value) => this.#send(value),
      close: (code, reason) => this.close(code, reason),
      pause: () => this.pause(),
      canPause: this.canPause,
    });
  }

  get canPause(): boolean {
    return this.#config.transport.canPause;
  }

  pause(): () => void {
    let held = true;
    if (++this.#leases === 1) this.#run?.attempt?.pause();
    return () => {
      if (held && --this.#leases === 0) this.#run?.attempt?.resume();
      held = false;
    };
  }

  async close(code = 1000, reason = ''): Promise<void> {
    const refusal = unsendable(code, reason);
    if (refusal) throw refusal;
    if (!this.#ready?.writable) this.#drop(this.#outbox.clear(), 'closed');
    const run = this.#run;
    if (run) {
      run.closing = true;
      if (!run.attempt?.hangUp(code, reason)) {
        this.#change({ type: 'cancelled', code, reason });
        run.stop.next();
      }
    }
    await Promise.all(Array.from(this.#attempts, ({ gone }) => gone));
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  // The run

  #join<T>(stream: (run: Run<In, Out>) => Observable<T>, subscriber: Subscriber<T>): void {
    const begins = !this.#run;
    const run = (this.#run ??= newRun());
    run.subscribers++;
    run.linger?.unsubscribe();
    subscriber.add(() => this.#leave(run));
    stream(run).subscribe(subscriber);
    if (begins) this.#begin(run);
  }

  #leave(run: Run<In, Out>): void {
    if (--run.subscribers > 0 || this.#run !== run) return;
    const { linger, scheduler } = this.#config;
    if (linger === 0) this.#abandon(run);
    else if (linger < Infinity) run.linger = timer(bounded(linger), scheduler).subscribe(() => this.#abandon(run));
  }

  #begin(run: Run<In, Out>): void {
    const raw = new Observable<LifecycleEvent>((lifecycle) => this.#connect(run, lifecycle));
    defer(() => this.#supervision.reduce((source, operator) => source.pipe(operator), raw))
      .pipe(takeUntil(run.stop))
      .subscribe({
        next: (event) => this.#inOrder(run, () => this.#deliver(run, event)),
        error: (error: unknown) => this.#inOrder(run, () => this.#finish(run, { error })),
        complete: () => this.#inOrder(run, () => this.#finish(run)),
      });
  }

  /** What a subscriber brings about while it hears of an event is told when all others have heard of that event. */
  #inOrder(run: Run<In, Out>, delivery: () => void): void {
    run.deliveries.push(delivery);
    if (run.deliveries.length > 1) return;
    for (const next of run.deliveries) next();
    run.deliveries.length = 0;
  }

  /** The raw lifecycle of one connection. */
  #connect(run: Run<In, Out>, lifecycle: Subscriber<LifecycleEvent>): void {
    if (run.closing) {
      run.stop.next(); // close() was called, and the supervision wants to go on
      return;
    }
    const attempt = new Attempt<In, Out>(this.#host, ++run.attempts, lifecycle, run.messages);
    run.attempt = attempt;
    this.#attempts.add(attempt);
    void attempt.gone.then(() => this.#attempts.delete(attempt));
    lifecycle.add(() => {
      attempt.abandon();
      if (run.attempt === attempt) run.attempt = undefined;
      if (this.#ready === attempt) this.#ready = undefined;
    });
    attempt.begin();
  }

  #deliver(run: Run<In, Out>, event: LifecycleEvent): void {
    this.#change(event);
    if (event.type === 'heartbeat') this.#counters.latency = event.latency;
    if (event.type === 'close') this.#counters.latency = undefined;
    run.lifecycle.next(event);
    const { attempt } = run;
    if (event.type === 'open' && event.link === attempt?.link) this.#flush(attempt);
  }

  #finish(run: Run<In, Out>, failure?: { readonly error: unknown }): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    if (failure) {
      this.#change({ type: 'failed', error: toError(failure.error) });
      run.messages.error(failure.error);
      run.lifecycle.error(failure.error);
    } else {
      run.messages.complete();
      run.lifecycle.complete();
    }
  }

  #abandon(run: Run<In, Out>): void {
    this.#run = undefined;
    run.stop.next();
    this.#change({ type: 'idle' });
  }

  #change(change: StateChange): void {
    const state = transition(this.#state.value, change);
    if (state !== this.#state.value) this.#state.next(state);
  }

  // What is sent

  #send(value: Out): void {
    let frame: string | Uint8Array;
    try {
      frame = this.#config.codec.encode(value);
    } catch (thrown) {
      this.#drop(1, 'unserializable', toError(thrown));
      return;
    }
    if (this.#ready?.writable) this.#ready.sendRaw(frame);
    else this.#outbox.push(frame);
  }

  #flush(attempt: Attempt<In, Out>): void {
    for (let frame; attempt.writable && (frame = this.#outbox.shift()) !== undefined;) attempt.sendRaw(frame);
    this.#ready = attempt;
  }

  #drop(count: number, reason: DroppedEvent['reason'], error?: Error): void {
    if (count === 0) return;
    this.#counters.dropped += count;
    const run = this.#run;
    if (run) this.#inOrder(run, () => run.lifecycle.next({ type: 'dropped', count, reason, ...(error && { error }) }));
  }
}

function newRun<In, Out>(): Run<In, Out> {
  return {
    lifecycle: new Subject(),
    messages: new Subject(),
    stop: new Subject(),
    subscribers: 0,
    attempts: 0,
    attempt: undefined,
    linger: undefined,
    closing: false,
    deliveries: [],
  };
}
