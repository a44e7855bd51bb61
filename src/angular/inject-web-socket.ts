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

/** A connection that lives as long as what it was injected into. */
export interface InjectedWebSocket<In = unknown, Out = In> {
  /** The connection itself: `lifecycle`, `stats`, `close()`, `pause()`. Its streams emit outside Angular's zone. */
  readonly connection: WebSocketConnection<In, Out>;
  /** Where it stands; an error of the supervised lifecycle is here, as `failed`. `idle` on the server. */
  readonly state: Signal<ConnectionState>;
  /**
   * The last message that arrived, written at most once a frame: what arrives faster is skipped here, and only here.
   * `undefined` before the first one.
   */
  readonly latest: Signal<In | undefined>;
  /** Every message, in both directions: `connection.messages`. */
  readonly messages: MessageSubject<In, Out>;
}

/**
 * A WebSocket in an injection context, without a codec and without type arguments: its messages are `unknown`, or of the type that it is assigned to.
 *
 * @typeParam _ is never given: calls with type arguments go by the other signature
 * @see the other signature, for what a connection is
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters, @typescript-eslint/no-unused-vars -- as said
export function injectWebSocket<In, Out, _>(
  config: string | URL | (WebSocketConfig<unknown, unknown> & { codec?: undefined }),
  ...supervision: Supervision<unknown, unknown>[]
): InjectedWebSocket<In, Out>;
/**
 * A WebSocket in an injection context, its state and its latest message as signals.
 *
 * It connects after the next render, so that what is hydrated is what the server rendered; sooner if somebody
 * subscribes. It is closed with 1000 when its component, service or route is destroyed. Where the run has ended before,
 * a new subscription starts another one, which the signals follow. On the server it never connects and never ends,
 * whoever subscribes. Sockets and timers are outside Angular's zone, so they neither cause a check nor keep the
 * application from being stable.
 *
 * @param config a URL, or an object with a `url` and whatever else is to differ from the defaults
 * @param supervision operators on the lifecycle, as for `observeWebSocket`
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
  const { scheduler = asyncScheduler, ...own } = {
    transport,
    ...inject(WEB_SOCKET_DEFAULTS),
    ...(typeof config === 'object' && !(config instanceof URL) ? withoutUndefined(config ?? {}) : { url: config }),
  };
  expectScheduler(scheduler);
  // What `isPlatformServer` asks, without a need for `@angular/common`.
  const ends = inject(PLATFORM_ID) === 'server' ? () => NEVER : outsideZone<LifecycleEvent>(zone);

  const connection = observeWebSocket<In, Out>(
    { ...own, scheduler: scheduleOutsideZone(zone, scheduler) },
    outsideZone(zone),
    ...supervision,
    ends,
  );
  const { messages } = connection;
  const state = signal(connection.state.value);
  const latest = signal<In | undefined>(undefined);
  const bound = new Subscription();

  inject(DestroyRef).onDestroy(() => {
    void connection.close();
    bound.unsubscribe();
  });
  afterNextRender(() => {
    bound.add(connection.state.subscribe((value) => state.set(value)));
    bound.add(
      messages
        .pipe(
          catchError(() => EMPTY), // `state` tells of it, and the last message is still to be shown
          repeat({ delay: () => connection.state.pipe(first(({ status }) => status === 'connecting')) }),
          auditTime(0, frames),
        )
        .subscribe((message) => latest.set(message)),
    );
  });

  return { connection, state: state.asReadonly(), latest: latest.asReadonly(), messages };
}
