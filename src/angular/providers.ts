import { InjectionToken } from '@angular/core';
import type { Provider } from '@angular/core';
import { animationFrameScheduler } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { expectObject } from '../protocol/arguments.js';
import type { Transport, WebSocketConfig } from '../index.js';
import { nativeTransport } from '../index.js';

/** Default options for connections: every option of a config except `url`, and `transport`, which has a token of its own. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a codec for messages of any type
export type WebSocketDefaults = Partial<Omit<WebSocketConfig<any, any>, 'url' | 'transport'>>;

/** @internal */
export const WEB_SOCKET_DEFAULTS = /* @__PURE__ */ new InjectionToken<WebSocketDefaults>('rxwire: defaults', {
  factory: () => ({}),
});

/**
 * The transport of every `injectWebSocket` whose config has none. In component tests, provide the transport of a
 * `scriptedServer`.
 * @default nativeTransport()
 */
export const WEB_SOCKET_TRANSPORT = /* @__PURE__ */ new InjectionToken<Transport>('rxwire: transport', {
  factory: () => nativeTransport(),
});

/**
 * The scheduler that says when `latest` is written: once per animation frame.
 * @default animationFrameScheduler
 */
export const WEB_SOCKET_FRAME_SCHEDULER = /* @__PURE__ */ new InjectionToken<SchedulerLike>('rxwire: frame scheduler', {
  factory: () => animationFrameScheduler,
});

/**
 * Provides default options for every `injectWebSocket` of an application, a route or a component. The config of the call
 * overrides them. If several are provided, only the nearest one applies.
 *
 * @throws TypeError if `defaults` is not an object
 *
 * @example
 * bootstrapApplication(App, { providers: [provideWebSocketDefaults({ connectTimeout: 5_000 })] });
 */
export function provideWebSocketDefaults(defaults: WebSocketDefaults): Provider {
  expectObject('defaults', defaults);
  return { provide: WEB_SOCKET_DEFAULTS, useValue: defaults };
}
