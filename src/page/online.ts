import { defer, fromEvent, of, take } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectObject } from '../protocol/arguments.js';

/** The part of a window or of a worker's global scope that reports the network and the visibility of the page. */
export interface PageScope {
  /** Reports whether there is a network; without it, there is one. */
  readonly navigator?: {
    /** `false` without a network. */
    readonly onLine?: boolean | undefined;
  };
  /** Reports whether the page is visible; without it, there is no page. */
  readonly document?: {
    /** `'visible'` while the page is visible. */
    readonly visibilityState: string;
  };
  /** Adds a listener for changes; without it, there are no changes. */
  addEventListener?(type: string, listener: () => void): void;
  /** Removes a listener. */
  removeEventListener?(type: string, listener: () => void): void;
}

/**
 * Emits once and completes, as soon as the platform is online.
 *
 * ```
 * navigator.onLine:   true   ──false──online──
 * online():           (n|)      ------(n|)         checked on each subscription
 * ```
 *
 * Emits at once where the platform does not report its network (Node, Deno). Otherwise it listens to the `online` event,
 * and removes the listener when it is unsubscribed. It never errors. Being online does not mean that the server can be
 * reached: only an attempt shows that.
 *
 * @param scope the global scope to check, read only on subscription. Default `globalThis`
 * @throws TypeError if `scope` is not an object
 *
 * @example
 * observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff({ when: online() }))
 *
 * @see {@link retryWithBackoff}
 */
export function online(scope: PageScope = globalThis): Observable<unknown> {
  expectObject('scope', scope);
  return defer(() =>
    scope.navigator?.onLine === false && scope.addEventListener
      ? fromEvent(scope as EventTarget, 'online').pipe(take(1))
      : of(undefined),
  );
}
