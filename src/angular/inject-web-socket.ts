import {
  afterNextRender,
  assertInInjectionContext,
  DestroyRef,
  inject,
  NgZone,
  PLATFORM_ID,
  signal,
} from '@angular/core';
import type { Signal } from '@angular/core';
import { asyncScheduler, auditTime, catchError, EMPTY, first, NEVER, repeat, Subscription } from 'rxjs';
import { expectFunction, expectScheduler } from '../protocol/arguments.js';
import { withoutUndefined } from '../protocol/options.js';
import { observeWebSocket } from '../index.js';
import type {
  ConnectionState,
  LifecycleEvent,
  MessageSubject,
  Supervision,
  WebSocketConfig,
  WebSocketConnection,
} from '../index.js';
import { outsideZone, scheduleOutsideZone } from './outside-zone.js';
import { WEB_SOCKET_DEFAULTS, WEB_SOCKET_FRAME_SCHEDULER, WEB_SOCKET_TRANSPORT } from './providers.js';

/** A connection that is closed when its component, service or route is destroyed. */
export interface InjectedWebSocket<In = unknown, Out = In> {
  /** The connection itself: `lifecycle`, `stats`, `close()`, `pause()`. Its streams emit outside Angular's zone. */
  readonly connection: WebSocketConnection<In, Out>;
  /** The state of the connection. An error of the supervised lifecycle appears as `failed`. `idle` on the server. */
  readonly state: Signal<ConnectionState>;
  /**
   * The latest message, written at most once per animation frame. Messages that arrive faster are skipped here, but not in
   * `messages`. `undefined` before the first message.
   */
  readonly latest: Signal<In | undefined>;
  /** `connection.messages`: emits every message, and sends. */
  readonly messages: MessageSubject<In, Out>;
}

/**
 * Creates a connection in an injection context, without a codec and without type arguments. Its messages are `unknown`,
 * or have the type of the variable that it is assigned to.
 *
 * @typeParam _ never passed: calls with type arguments use the other signature
 * @see the other signature, for the description
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters, @typescript-eslint/no-unused-vars -- as said
export function injectWebSocket<In, Out, _>(
  config: string | URL | (WebSocketConfig<unknown, unknown> & { codec?: undefined }),
  ...supervision: Supervision<unknown, unknown>[]
): InjectedWebSocket<In, Out>;
/**
 * Creates a connection in an injection context, with its state and latest message as signals.
 *
 * It connects after the next render, so that hydration finds what the server rendered. A subscription connects earlier.
 * It is closed with 1000 when its component, service or route is destroyed. If the run ends before that, a new
 * subscription starts another run, and the signals follow it. On the server, subscribing never connects and never
 * completes. Sockets and timers run outside Angular's zone: they trigger no change detection, and the application
 * becomes stable while they run.
 *
 * @param config a URL, or a config object; its options override the provided defaults
 * @param supervision operators for the lifecycle, as in `observeWebSocket`
 * @throws TypeError or RangeError for a bad argument, and NG0203 outside an injection context
 *
 * @example
 * class Ticker {
 *   readonly feed = injectWebSocket<Trade>('wss://feed.example/trades', stopOnFatalClose(), retryWithBackoff());
 *   readonly price = computed(() => this.feed.latest()?.price);
 * }
 *
 * @see {@link provideWebSocketDefaults}
 */
export function injectWebSocket<In = unknown, Out = In>(
  config: string | URL | WebSocketConfig<In, Out>,
  ...supervision: Supervision<In, Out>[]
): InjectedWebSocket<In, Out>;
export function injectWebSocket<In, Out>(
  config: string | URL | WebSocketConfig<In, Out>,
  ...supervision: Supervision<In, Out>[]
): InjectedWebSocket<In, Out> {
  assertInInjectionContext(injectWebSocket);
  supervision.forEach((operator, index) => expectFunction(`supervision[${index}]`, operator));
  const zone = inject(NgZone);
  const transport = inject(WEB_SOCKET_TRANSPORT);
  const frames = scheduleOutsideZone(zone, inject(WEB_SOCKET_FRAME_SCHEDULER));
  const { scheduler = asyncScheduler, ...rest } = {
    transport,
    ...inject(WEB_SOCKET_DEFAULTS),
    ...(typeof config === 'object' && !(config instanceof URL) ? withoutUndefined(config ?? {}) : { url: config }),
  };
  expectScheduler(scheduler);
  // The check that `isPlatformServer` makes, without `@angular/common`.
  const outermost = inject(PLATFORM_ID) === 'server' ? () => NEVER : outsideZone<LifecycleEvent>(zone);

  const connection = observeWebSocket<In, Out>(
    { ...rest, scheduler: scheduleOutsideZone(zone, scheduler) },
    outsideZone(zone),
    ...supervision,
    outermost,
  );
  const { messages } = connection;
  const state = signal(connection.state.value);
  const latest = signal<In | undefined>(undefined);
  const subscriptions = new Subscription();

  inject(DestroyRef).onDestroy(() => {
    void connection.close();
    subscriptions.unsubscribe();
  });
  afterNextRender(() => {
    subscriptions.add(connection.state.subscribe((value) => state.set(value)));
    subscriptions.add(
      messages
        .pipe(
          catchError(() => EMPTY), // `state` has the error, and the last message must still be shown
          repeat({ delay: () => connection.state.pipe(first(({ status }) => status === 'connecting')) }),
          auditTime(0, frames),
        )
        .subscribe((message) => latest.set(message)),
    );
  });

  return { connection, state: state.asReadonly(), latest: latest.asReadonly(), messages };
}
