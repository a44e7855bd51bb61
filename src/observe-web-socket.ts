import {
  BehaviorSubject,
  concat,
  concatMap,
  defer,
  EMPTY,
  Observable,
  observeOn,
  of,
  queueScheduler,
  share,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';
import type { OperatorFunction, Subscriber } from 'rxjs';
import { expectFunction } from './arguments.js';
import { Attempt } from './attempt.js';
import type { AttemptHost } from './attempt.js';
import { after } from './backoff.js';
import { expectSendable } from './close-codes.js';
import { resolveConfig } from './config.js';
import type { ResolvedConfig, WebSocketConfig } from './config.js';
import { toError, WebSocketError } from './errors.js';
import type { DroppedEvent, LifecycleEvent, Link } from './lifecycle.js';
import { MessageSubject } from './message-subject.js';
import { Outbox } from './outbox.js';
import type { Pausable } from './read-with-backpressure.js';
import { transition } from './state.js';
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

/** Makes a connection; nothing happens until someone subscribes. @internal */
export function createConnection<In, Out>(
  config: string | URL | WebSocketConfig<In, Out>,
  supervision: readonly Supervision[],
  platformTransport: () => Transport,
): WebSocketConnection<In, Out> {
  supervision.forEach((operator, index) => expectFunction(`supervision[${index}]`, operator));
  return new Connection(resolveConfig(config, platformTransport), supervision);
}

/** The run, the outbox, the state and the leases; a socket is its attempt's business. */
class Connection<In, Out> implements WebSocketConnection<In, Out>, AttemptHost<In, Out> {
  readonly lifecycle: Observable<LifecycleEvent>;
  readonly messages: MessageSubject<In, Out>;
  readonly state: StateObservable;
  readonly stats: Counters;
  readonly #config: ResolvedConfig<In, Out>;
  readonly #state = new BehaviorSubject<ConnectionState>({ status: 'idle' });
  readonly #inbound = new Subject<In>();
  readonly #stop = new Subject<void>();
  readonly #outbox: Outbox;
  #told = new Subject<LifecycleEvent>();
  /** The newest one, which may have ended. */
  #attempt: Attempt<In, Out> | undefined;
  /** Resolves when nothing is left of any socket. */
  #gone: Promise<unknown> = Promise.resolve();
  #isRunning = false;
  #isClosing = false;
  #leases = 0;
  /** Subscribers of the lifecycle, those of the messages included. */
  #listeners = 0;
  #readers = 0;

  constructor(config: ResolvedConfig<In, Out>, supervision: readonly Supervision[]) {
    const { linger, scheduler } = config;
    this.#config = config;
    this.#outbox = new Outbox(config.outbox, scheduler, (count, reason) => this.drop(count, reason));
    this.stats = new Counters(
      () => this.#outbox.size,
      () => this.#attempt?.bufferedAmount ?? 0,
    );
    this.state = new StateObservable(this.#state);
    const shared = defer(() => {
      let attempts = 0;
      this.#isClosing = false;
      this.#isRunning = true;
      const raw = new Observable<LifecycleEvent>((lifecycle) => this.#connect(++attempts, lifecycle));
      return supervision.reduce((source, operator) => source.pipe(operator), raw);
    }).pipe(
      // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- what follows ends with its source; the end is told in order
      takeUntil(this.#stop),
      // What a subscriber brings about while it hears of an event is told when all others have heard of that event.
      observeOn(queueScheduler),
      tap({
        next: (event) => this.#change(event),
        error: (error: unknown) => {
          this.#isRunning = false;
          this.#change({ type: 'failed', error: toError(error) });
        },
        complete: () => {
          this.#isRunning = false;
          if (this.#attempt?.writable) this.#change({ type: 'idle' }); // the supervision has had enough of it
        },
        unsubscribe: () => this.#change({ type: 'idle' }),
      }),
      concatMap((event) =>
        event.type === 'open'
          ? concat(
              of(event),
              defer(() => this.#flush(event.link)),
            )
          : of(event),
      ),
      share({
        connector: () => (this.#told = new Subject()),
        // `share` asks once more when a run has ended and its subscribers leave.
        resetOnRefCountZero: linger === 0 || (() => (this.#isRunning ? after(linger, scheduler) : EMPTY)),
      }),
    );
    this.lifecycle = new Observable((subscriber) => {
      this.#listeners++;
      subscriber.add(() => this.#listeners--);
      return shared.subscribe(subscriber);
    });
    this.messages = new MessageSubject<In, Out>(this, (subscriber) => {
      this.#readers++;
      subscriber.add(() => this.#readers--);
      this.#inbound.subscribe(subscriber);
      return this.lifecycle.subscribe({
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
  }

  get canPause(): boolean {
    return this.#config.transport.canPause;
  }

  pause(): () => void {
    let isHeld = true;
    if (++this.#leases === 1) this.#attempt?.pause();
    return () => {
      if (isHeld && --this.#leases === 0) this.#attempt?.resume();
      isHeld = false;
    };
  }

  async close(code = 1000, reason = ''): Promise<void> {
    expectSendable(code, reason);
    if (this.#state.value.status === 'open') this.#empty();
    this.drop(this.#outbox.clear(), 'closed');
    this.#isClosing = true;
    if (!this.#attempt?.close(code, reason)) {
      this.#change({ type: 'cancelled', code, reason });
      this.#stop.next();
    }
    await this.#gone;
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- a new run may have begun meanwhile
    if (this.#isClosing) this.#stop.next(); // whatever the supervision still waits for
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // For its messages

  get observed(): boolean {
    return this.#readers > 0;
  }

  send(value: Out): void {
    const frame = this.encode(value);
    if (frame === undefined) return;
    if (this.#attempt?.isReady) this.#attempt.sendRaw(frame);
    else this.#outbox.push(frame);
  }

  // For its attempts

  get config(): ResolvedConfig<In, Out> {
    return this.#config;
  }

  get inbound(): Subject<In> {
    return this.#inbound;
  }

  get isPaused(): boolean {
    return this.#leases > 0;
  }

  closing(): void {
    this.#change({ type: 'closing' });
  }

  encode(value: Out): string | Uint8Array | undefined {
    try {
      const frame = this.#config.codec.encode(value);
      if (typeof frame === 'string' || ArrayBuffer.isView(frame)) return frame;
      throw new TypeError(`the codec made ${typeof frame} of it`);
    } catch (cause) {
      const error = new WebSocketError(`A message could not be encoded: ${toError(cause).message}`, { cause });
      this.drop(1, 'unserializable', error);
      return undefined;
    }
  }

  drop(count: number, reason: DroppedEvent['reason'], error?: Error): void {
    if (count === 0) return;
    this.stats.dropped += count;
    this.#tell({ type: 'dropped', count, reason, ...(error && { error }) });
  }

  /** The raw lifecycle of one connection. */
  #connect(number: number, lifecycle: Subscriber<LifecycleEvent>): void {
    if (this.#isClosing) {
      this.#stop.next(); // close() was called, and the supervision wants to go on
      return;
    }
    const attempt = new Attempt(this, number, lifecycle);
    this.#attempt = attempt;
    this.#gone = Promise.all([this.#gone, attempt.gone]).then(() => undefined);
    lifecycle.add(() => {
      // The supervision gave it up, and somebody listens still: they are told what we did.
      if (attempt.abandon() && this.#isRunning && this.#listeners > 0) {
        this.#tell({ type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'local' });
      }
    });
    attempt.begin();
  }

  /** Once its `open` has been delivered, what waits goes out in order, and what comes then goes out at once. */
  #flush(link: Link): Observable<never> {
    if (this.#attempt === link) {
      this.#empty();
      this.#attempt.isFlushed = true;
    }
    return EMPTY;
  }

  #empty(): void {
    const attempt = this.#attempt;
    for (let frame; attempt?.writable && (frame = this.#outbox.shift()) !== undefined;) attempt.sendRaw(frame);
  }

  #tell(event: LifecycleEvent): void {
    queueScheduler.schedule(() => {
      if (this.#state.value.status !== 'reconnecting') this.#change(event);
      this.#told.next(event);
    });
  }

  #change(change: StateChange): void {
    if (change.type === 'heartbeat') this.stats.latency = change.latency;
    if (change.type === 'close' || change.type === 'idle') this.stats.latency = undefined;
    const state = transition(this.#state.value, change);
    if (state !== this.#state.value) this.#state.next(state);
  }
}
