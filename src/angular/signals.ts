import { afterNextRender, computed, DestroyRef, inject, signal } from '@angular/core';
import type { Signal } from '@angular/core';
import {
  defer,
  EMPTY,
  filter,
  first,
  map,
  merge,
  of,
  skip,
  startWith,
  Subject,
  Subscription,
  switchMap,
  tap,
} from 'rxjs';
import type { MonoTypeOperatorFunction, Observable, SchedulerLike } from 'rxjs';
import { atOnce, expectFunction, expectObject } from '../protocol/arguments.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import type { ConnectionState, MessageSubject, ReconnectOptions, WebSocketConnection } from '../index.js';
import { countdownOf } from './countdown.js';
import type { InjectedWebSocket, TopicSignal } from './injected-web-socket.js';
import { ofEveryRun } from './of-every-run.js';

const IDLE: ConnectionState = { status: 'idle' };

/** Two messages that are equal are two. */
const ALWAYS = { equal: () => false };

/** What is known of the config where it is a function. */
interface ReactiveConfig {
  isAbsent(): boolean;
  /** What arrives is of the config before. */
  readonly isEarly: boolean;
  readonly changes: Observable<unknown>;
}

/** A connection as signals. */
export class Signals<In, Out> implements InjectedWebSocket<In, Out> {
  readonly connection: WebSocketConnection<In, Out>;
  readonly messages: MessageSubject<In, Out>;
  readonly state: Signal<ConnectionState>;
  readonly latest: Signal<In | undefined>;
  readonly countdown: Signal<number | undefined>;
  readonly #onceAFrame: <T>() => MonoTypeOperatorFunction<T>;
  readonly #subscriptions = new Subscription();
  /** What is to be subscribed to after the next render. */
  #waiting: (() => void)[] | undefined = [];
  /** Emits when the config is another one. */
  readonly #changes: Observable<unknown>;
  readonly #config: ReactiveConfig | undefined;
  /** Counts the configs: what waits for a frame may be of the one before. */
  #generation = 0;
  /** Begins a run where none is under way. */
  readonly #restarts = new Subject<void>();
  /** A run is to begin after the `close()` that is under way. */
  #isRestartDue = false;

  constructor(
    connection: WebSocketConnection<In, Out>,
    config: ReactiveConfig | undefined,
    onceAFrame: <T>() => MonoTypeOperatorFunction<T>,
    scheduler: SchedulerLike,
  ) {
    this.connection = connection;
    this.messages = connection.messages;
    this.#onceAFrame = onceAFrame;
    this.#config = config;
    this.#changes = config?.changes ?? EMPTY;
    const state = signal(connection.state.value);
    const latest = signal<In | undefined>(undefined, ALWAYS);
    const countdown = signal<number | undefined>(undefined);
    this.state = config ? computed(() => (config.isAbsent() ? IDLE : state())) : state.asReadonly();
    this.latest = latest.asReadonly();
    this.countdown = countdown.asReadonly();

    inject(DestroyRef).onDestroy(() => {
      void connection.close();
      this.#subscriptions.unsubscribe();
    });
    this.#whenRendered(() => connection.state.subscribe((value) => state.set(value)));
    this.#whenRendered(() =>
      this.#changes.subscribe(() => {
        this.#generation++;
        this.#beginWhereEnded();
      }),
    );
    // It keeps the run alive, and begins one where it is asked to.
    const runs = () => merge(this.#begun(0), this.#restarted());
    this.#whenRendered(() => this.#show(ofEveryRun(this.messages, runs), latest, undefined));
    this.#whenRendered(() => countdownOf(connection.state, scheduler).subscribe((left) => countdown.set(left)));
    afterNextRender(() => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const subscribe of waiting) subscribe();
    });
  }

  reconnect(options?: ReconnectOptions): void {
    this.connection.reconnect(options);
    this.#beginWhereEnded();
  }

  latestBy<K>(keyOf: (message: In) => K | undefined): Signal<ReadonlyMap<K, In>> {
    expectFunction('keyOf', keyOf);
    const empty: ReadonlyMap<K, In> = new Map();
    const shown = signal(empty);
    const messages = new Map<K, In>();
    const keep = (message: In) => {
      const key = atOnce('keyOf(message)', keyOf(message));
      if (key !== undefined) messages.set(key, message);
    };
    const caller = this.#ofCaller();
    this.#whenRendered(() => this.#changes.subscribe(() => messages.clear()), caller);
    this.#whenRendered(() => {
      const kept = ofEveryRun(this.messages, () => this.#begun(1)).pipe(
        tap((message) => forEachSafely([message], keep)),
      );
      return this.#show(kept, { set: (message) => shown.set(message === empty ? empty : new Map(messages)) }, empty);
    }, caller);
    return shown.asReadonly();
  }

  topic<T>(source: Observable<T>): TopicSignal<T> {
    expectObject('source', source);
    const value = signal<T | undefined>(undefined, ALWAYS);
    const error = signal<unknown>(undefined);
    const noted = defer(() => source).pipe(
      tap({ next: () => error.set(undefined), error: (thrown: unknown) => error.set(thrown) }),
    );
    // Subscribed to again: what its operators have kept is of the config before.
    const shown = this.#changes.pipe(
      tap(() => error.set(undefined)),
      startWith(undefined),
      switchMap(() => ofEveryRun(noted, () => this.#begun(1))),
    );
    this.#whenRendered(() => this.#show(shown, value, undefined), this.#ofCaller());
    return Object.assign(value.asReadonly(), { error: error.asReadonly() });
  }

  /** Writes the latest value at most once a frame, and at another config the empty one at once. */
  #show<T, E>(source: Observable<T>, target: { set(value: T | E): void }, empty: E): Subscription {
    const shown = source.pipe(
      filter(() => !this.#config?.isEarly),
      map((value) => ({ value, generation: this.#generation })),
      this.#onceAFrame(),
      filter(({ generation }) => generation === this.#generation),
      map(({ value }) => value),
    );
    return merge(shown, this.#changes.pipe(map(() => empty))).subscribe((value) => target.set(value));
  }

  /** Emits once, when a run begins. @param from 0 where that may have happened already, 1 where it may not */
  #begun(from: 0 | 1): Observable<unknown> {
    return this.connection.state.pipe(
      skip(from),
      first(({ status }) => status === 'connecting'),
    );
  }

  /** Emits when a run is to begin. */
  #restarted(): Observable<unknown> {
    if (!this.#isRestartDue) return this.#restarts;
    this.#isRestartDue = false;
    return of(undefined);
  }

  #beginWhereEnded(): void {
    this.#isRestartDue = this.connection.state.value.status === 'closing';
    this.#restarts.next();
  }

  /** What ends with the component or service that calls, and at the latest with the connection. */
  #ofCaller(): Subscription {
    const subscriptions = new Subscription();
    this.#subscriptions.add(subscriptions);
    callerDestroyRef()?.onDestroy(() => subscriptions.unsubscribe());
    return subscriptions;
  }

  #whenRendered(subscribe: () => Subscription, subscriptions = this.#subscriptions): void {
    const begin = () => {
      if (!subscriptions.closed) subscriptions.add(subscribe());
    };
    if (this.#waiting) this.#waiting.push(begin);
    else begin();
  }
}

/** Nothing outside an injection context, in the handler of an event say. */
function callerDestroyRef(): DestroyRef | undefined {
  try {
    return inject(DestroyRef);
  } catch {
    return undefined;
  }
}
