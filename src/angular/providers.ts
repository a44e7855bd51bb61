import { InjectionToken } from '@angular/core';
import type { Provider } from '@angular/core';
import { animationFrameScheduler } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { expectObject } from '../protocol/arguments.js';
import type { Transport, WebSocketConfig } from '../index.js';
import { nativeTransport } from '../index.js';

/** What all connections of an application may share: a config but for its `url`, and its `transport`, which has a token. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a codec for messages of any type
export type WebSocketDefaults = Partial<Omit<WebSocketConfig<any, any>, 'url' | 'transport'>>;

/** @internal */
export const WEB_SOCKET_DEFAULTS = /* @__PURE__ */ new InjectionToken<WebSocketDefaults>('rxwire: defaults', {
  factory: () => ({}),
});

/**
 * What makes the sockets of every `injectWebSocket` whose config has no `transport`. In component tests, that of a
 * `scriptedServer`.
 * @default nativeTransport()
 */
export const WEB_SOCKET_TRANSPORT = /* @__PURE__ */ new InjectionToken<Transport>('rxwire: transport', {
  factory: () => nativeTransport(),
});

/**
 * What tells when `latest` may be written again: once a frame.
 * @default animationFrameScheduler
 */
export const WEB_SOCKET_FRAME_SCHEDULER = /* @__PURE__ */ new InjectionToken<SchedulerLike>('rxwire: frame scheduler', {
  factory: () => animationFrameScheduler,
});

/**
 * Defaults for every `injectWebSocket` of an application, a route or a component; its own config goes before them.
 * Where several are provided, the nearest one counts.
 *
 * @throws TypeError for defaults that are no object
 *
 * @example
 * bootstrapApplication(App, { providers: [provideWebSocketDefaults({ connectTimeout: 5_000 })] });
 */
export function provideWebSocketDefaults(defaults: WebSocketDefaults): Provider {
  expectObject('defaults', defaults);
  return { provide: WEB_SOCKET_DEFAULTS, useValue: defaults };
}
