import { assertInInjectionContext, DestroyRef, inject, NgZone, PLATFORM_ID } from '@angular/core';
import { asyncScheduler, defer, EMPTY, NEVER } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectFunction, expectScheduler } from '../protocol/arguments.js';
import { withoutUndefined } from '../protocol/options.js';
import { observeWebSocket } from '../index.js';
import type { LifecycleEvent, Supervision, WebSocketConfig } from '../index.js';
import { asConfig, CurrentConfig } from './current-config.js';
import type { ConfigOrUrl } from './current-config.js';
import { onceAFrame } from './frames.js';
import type { InjectedWebSocket } from './injected-web-socket.js';
import { outsideZone, scheduleOutsideZone } from './outside-zone.js';
import { WEB_SOCKET_DEFAULTS, WEB_SOCKET_FRAME_SCHEDULER, WEB_SOCKET_TRANSPORT } from './providers.js';
import { Signals } from './signals.js';

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
 * It is closed with 1000 when its component, service or route is destroyed, and a subscription after that completes at
 * once. If the run ends before that, a new subscription or `reconnect()` starts another run, and the signals follow it. On the server, subscribing never connects
 * and never completes. Sockets and timers run outside Angular's zone: they trigger no change detection, and the
 * application becomes stable while they run.
 *
 * A function for the config is reactive: another config closes the connection and opens the next, `undefined` has no
 * connection, an equal config changes nothing, and one that cannot be used is a `failed` state. What stands on the
 * connection stays: `connection`, `messages`, topics and the signals follow, and the run goes on. What waits to be sent
 * goes to the next connection. At `undefined` it is `dropped` (`closed`), and so is what is sent until there is a config
 * again: that may be another user's. URL, subprotocols, headers and codec are those of the current config; all other
 * options are those of the first one, read when this is called, or the defaults where that is `undefined`.
 *
 * @param config a URL, or a config object, or a function that returns one; its options override the provided defaults
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
  config: ConfigOrUrl<In, Out> | (() => ConfigOrUrl<In, Out> | undefined),
  ...supervision: Supervision<In, Out>[]
): InjectedWebSocket<In, Out>;
export function injectWebSocket<In, Out>(
  config: ConfigOrUrl<In, Out> | (() => ConfigOrUrl<In, Out> | undefined),
  ...supervision: Supervision<In, Out>[]
): InjectedWebSocket<In, Out> {
  assertInInjectionContext(injectWebSocket);
  supervision.forEach((operator, index) => expectFunction(`supervision[${index}]`, operator));
  const zone = inject(NgZone);
  const defaults = { transport: inject(WEB_SOCKET_TRANSPORT), ...inject(WEB_SOCKET_DEFAULTS) };
  const current = typeof config === 'function' ? new CurrentConfig<In, Out>(config, defaults) : undefined;
  const first = typeof config === 'function' ? current!.now : asConfig(config);
  const fixed = { ...defaults, ...withoutUndefined(first ?? {}) };
  const { scheduler = asyncScheduler, ...rest } = { ...fixed, ...current?.partsFor(fixed.transport) };
  expectScheduler(scheduler);
  const outside = scheduleOutsideZone(zone, scheduler);
  const frames = scheduleOutsideZone(zone, inject(WEB_SOCKET_FRAME_SCHEDULER));
  // The check that `isPlatformServer` makes, without `@angular/common`.
  const outermost = inject(PLATFORM_ID) === 'server' ? () => NEVER : outsideZone<LifecycleEvent>(zone);

  const connection = observeWebSocket<In, Out>(
    { ...(rest as WebSocketConfig<In, Out>), scheduler: outside },
    outsideZone(zone),
    ...supervision,
    ...(current ? [current.supervise] : []),
    outermost,
    untilDestroyed(),
  );
  current?.follow(connection);
  return new Signals(connection, current, <T>() => onceAFrame<T>(frames, outside), outside);
}

/** Nobody would close what a late subscription connects, behind an `await` say. */
function untilDestroyed(): Supervision {
  let isDestroyed = false;
  inject(DestroyRef).onDestroy(() => (isDestroyed = true));
  return (source: Observable<LifecycleEvent>) => defer(() => (isDestroyed ? EMPTY : source));
}
