import { BehaviorSubject, defer, Observable, Subject } from 'rxjs';
import type { Subscriber, Subscription } from 'rxjs';
import { expectFunction } from '../protocol/arguments.js';
import { Attempt, NO_CLOSE_FRAME } from './attempt.js';
import type { AttemptHost } from './attempt.js';
import { after } from '../protocol/backoff.js';
import { expectSendable } from '../protocol/close-codes.js';
import { resolveConfig } from './config.js';
import type { ResolvedConfig, WebSocketConfig } from './config.js';
import { forEachSafely, unsubscribeSafely } from '../rx/for-each-safely.js';
import { WebSocketError } from '../protocol/errors.js';
import { toError } from '../protocol/to-error.js';
import type { DroppedEvent, LifecycleEvent } from '../protocol/lifecycle.js';
import type { Link } from '../protocol/link.js';
import { loggable } from '../logging/loggable.js';
import { MessageSubject } from './message-subject.js';
import { Outbox } from './outbox.js';
import { Run } from './run.js';
import type { RunHost } from './run.js';
import { StateObservable } from './state-observable.js';
import { transition } from './state.js';
import type { ConnectionState, StateChange } from './state.js';
import { Counters } from './stats.js';
import type { Transport } from '../transport/transport.js';
import type { Supervision, WebSocketConnection } from './web-socket-connection.js';

/** Makes a connection; nothing happens until someone subscribes. @internal */
export function createConnection<In, Out>(
  config: string | URL | WebSocketConfig<In, Out>,
  supervision: readonly Supervision[],
  platformTransport: Transport,
): WebSocketConnection<In, Out> {
  supervision.forEach((operator, index) => expectFunction(`supervision[${index}]`, operator));
  return new Connection(resolveConfig(config, platformTransport), supervision);
}

/** The subscribers of a stream; the list is replaced and not changed, so that whoever goes through it sees no change. */
interface Audience<T> {
  members: readonly Subscriber<T>[];
}

/**
 * The run, the outbox, the state and the leases; a socket is its attempt's business.
 *
 * By hand, and not with `share`, `takeUntil` and Subjects: these held 4 kB of heap a connection, and a Subject makes a
 * closure for every value.
 */
class Connection<In, Out> implements WebSocketConnection<In, Out>, AttemptHost<In, Out>, RunHost {
  readonly lifecycle: Observable<LifecycleEvent>;
  readonly messages: MessageSubject<In, Out>;
  readonly state: StateObservable;
  readonly stats: Counters;
  readonly #config: ResolvedConfig<In, Out>;
  readonly #supervision: readonly Supervision[];
  readonly #state = new BehaviorSubject<ConnectionState>({ status: 'idle' });
  readonly #outbox: Outbox;
  readonly #listeners: Audience<LifecycleEvent> = { members: [] };
  readonly #readers: Audience<In> = { members: [] };
  /** Not there before somebody asks: most connections have none, and every one would hold it. */
  #onlookers: Subject<LifecycleEvent> | undefined;
  #run: Run | undefined;
  /** The wait for another subscriber, when the last one has left. */
  #lingering: Subscription | undefined;
  /** The newest one, which may have ended. */
  #attempt: Attempt<In, Out> | undefined;
  /** Those of which something is left. */
  #attempts: readonly Attempt<In, Out>[] = [];
  /** What is being told, and what is to be told after it. */
  readonly #turns: (() => void)[] = [];
  #isClosing = false;
  #leases = 0;

  constructor(config: ResolvedConfig<In, Out>, supervision: readonly Supervision[]) {
    this.#config = config;
    this.#supervision = supervision;
    this.#outbox = new Outbox(config.outbox, config.scheduler, this);
    this.stats = new Counters(this.#outbox, this);
    this.state = new StateObservable(this.#state);
    this.lifecycle = new Observable((subscriber) => this.#join(this.#listeners, subscriber));
    this.messages = new MessageSubject<In, Out>(this, (subscriber) => this.#join(this.#readers, subscriber));
  }

  get link(): Link<In, Out> | undefined {
    return this.#attempt?.isReady ? this.#attempt : undefined;
  }

  get events(): Observable<LifecycleEvent> {
    return (this.#onlookers ??= new Subject()).asObservable();
  }

  get canPause(): boolean {
    return this.#config.transport.canPause;
  }

  pause(): () => void {
    let isHeld = true;
    if (++this.#leases === 1) this.#attempt?.pause();
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#leases === 0) this.#attempt?.resume();
    };
  }

  async close(code = 1000, reason = ''): Promise<void> {
    expectSendable(code, reason);
    const run = this.#run;
    const attempts = this.#attempts; // not those of whoever begins anew on hearing of what is dropped
    const gone = Promise.all(attempts.map((attempt) => attempt.gone()));
    this.#isClosing = true;
    if (this.#state.value.status === 'open') this.#empty();
    this.drop(this.#outbox.clear(), 'closed');
    if (!attempts.filter((attempt) => attempt.close(code, reason)).length) {
      this.#inTurn(run, () => this.#change({ type: 'cancelled', code, reason }));
      this.complete(run);
    }
    await gone;
    this.complete(run); // whatever the supervision still waits for
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // For its messages

  get observed(): boolean {
    return this.#readers.members.length > 0;
  }

  send(value: Out): void {
    const frame = this.encode(value);
    if (frame === undefined) return;
    if (this.link) this.link.sendRaw(frame);
    else this.#outbox.push(frame);
  }

  // For its stats

  get bufferedAmount(): number {
    return this.#attempt?.bufferedAmount ?? 0;
  }

  // For its run

  /** Once an `open` has been delivered, what waits goes out in order, and what comes then goes out at once. */
  tell(run: Run | undefined, event: LifecycleEvent): void {
    if (event.type === 'reconnecting') this.#forsake(run, this.#attempt);
    this.#inTurn(run, () => this.#pass(run, event));
  }

  fail(run: Run, error: unknown): void {
    this.#end(run, { type: 'failed', error: toError(error) }, (member) => member.error(error));
  }

  complete(run: Run | undefined): void {
    if (run) this.#end(run, { type: 'completed' }, (member) => member.complete());
  }

  // For its attempts

  get isPaused(): boolean {
    return this.#leases > 0;
  }

  deliver(message: In): void {
    for (const reader of this.#readers.members) reader.next(message);
  }

  closing(): void {
    this.#inTurn(this.#run, () => this.#change({ type: 'closing' }));
  }

  encode(value: Out): string | Uint8Array | undefined {
    try {
      const frame = this.#config.codec.encode(value);
      if (typeof frame === 'string' || (frame as unknown) instanceof Uint8Array) return frame;
      throw new TypeError(`the codec made ${typeof frame} of it`);
    } catch (cause) {
      const message = `A message could not be encoded: ${toError(cause).message}`;
      this.drop(1, 'unserializable', new WebSocketError(message, { cause }));
      return undefined;
    }
  }

  released(attempt: Attempt<In, Out>): void {
    this.#attempts = this.#attempts.filter((other) => other !== attempt);
  }

  drop(count: number, reason: DroppedEvent['reason'], error?: Error): void {
    if (count === 0) return;
    this.stats.dropped += count;
    this.tell(this.#run, loggable({ type: 'dropped', count, reason, ...(error && { error }) }));
  }

  #join<T>(audience: Audience<T>, subscriber: Subscriber<T>): void {
    this.#lingering?.unsubscribe();
    audience.members = audience.members.concat(subscriber);
    subscriber.add(() => {
      audience.members = audience.members.filter((member) => member !== subscriber);
      if (this.#run && this.#everybody.length === 0) this.#onLastUnsubscribe(this.#run);
    });
    if (!this.#run && !subscriber.closed) this.#start();
  }

  get #everybody(): Subscriber<never>[] {
    return [...this.#listeners.members, ...this.#readers.members];
  }

  #start(): void {
    const run = (this.#run = new Run(this));
    this.#isClosing = false;
    const raw = new Observable<LifecycleEvent>((lifecycle) => this.#connect(run, lifecycle));
    defer(() => this.#supervision.reduce((source, operator) => operator(source), raw)).subscribe(run);
  }

  /** The raw lifecycle of one connection. */
  #connect(run: Run, lifecycle: Subscriber<LifecycleEvent>): void {
    if (run.closed || lifecycle.closed) return;
    if (this.#isClosing) return this.complete(run); // close() was called, and the supervision wants to go on
    const attempt = new Attempt(this, this.#config, ++run.attempts, lifecycle);
    this.#attempt = attempt;
    this.#attempts = this.#attempts.concat(attempt);
    lifecycle.add(() => this.#forsake(run, attempt));
    attempt.begin();
  }

  /** The supervision gave it up, and somebody listens still: they are told what we did. */
  #forsake(run: Run | undefined, attempt?: Attempt<In, Out>): void {
    attempt?.abandon(() =>
      this.#inTurn(run, () => {
        const wasTold = ['connecting', 'open', 'closing'].includes(this.#state.value.status);
        if (wasTold) this.#pass(run, { type: 'close', ...NO_CLOSE_FRAME, initiator: 'local' });
      }),
    );
  }

  #pass(run: Run | undefined, event: LifecycleEvent): void {
    const { members } = this.#listeners;
    this.#change(event);
    forEachSafely(members, (listener) => listener.next(event));
    this.#onlookers?.next(event);
    // Whoever heard of it may have left, and begun a new run, whose first attempt has the same number.
    if (event.type === 'open' && run === this.#run && event.attempt === this.#attempt?.number) {
      this.#empty();
      this.#attempt.isFlushed = true;
    }
  }

  #end(run: Run, change: StateChange, tell: (member: Subscriber<never>) => void): void {
    if (run === this.#run) this.#forsake(run, this.#attempt);
    this.#inTurn(run, () => {
      const members = this.#everybody; // not who joins on hearing of the state
      this.#run = undefined;
      this.#lingering?.unsubscribe();
      this.#change(change);
      forEachSafely(members, tell);
    });
    unsubscribeSafely(run);
  }

  /** What a subscriber brings about while it hears of an event is told when all others have heard of that event. */
  #inTurn(run: Run | undefined, action: () => void): void {
    const turns = this.#turns;
    if (turns.push(() => run === this.#run && action()) > 1) return; // another tells, and goes on
    forEachSafely(turns, (turn) => turn());
    turns.length = 0;
  }

  /** The last subscriber has left. */
  #onLastUnsubscribe(run: Run): void {
    const { linger, scheduler } = this.#config;
    const stop = () => {
      this.#run = undefined;
      this.#attempt?.abandon(); // the run has no subscription to end yet where it has only just begun
      unsubscribeSafely(run);
      this.#inTurn(undefined, () => this.#change({ type: 'idle' }));
    };
    if (linger > 0) this.#lingering = after(linger, scheduler).subscribe(stop);
    else stop();
  }

  #empty(): void {
    const attempt = this.#attempt;
    for (let frame; attempt?.writable && (frame = this.#outbox.shift()) !== undefined;) attempt.sendRaw(frame);
  }

  #change(change: StateChange): void {
    const state = transition(this.#state.value, change);
    if (change.type === 'heartbeat') this.stats.latency = change.latency;
    else if (state.status !== 'open') this.stats.latency = undefined;
    if (state !== this.#state.value) this.#state.next(state);
  }
}
