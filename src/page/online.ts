import { defer, fromEvent, of, take } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectObject } from '../protocol/arguments.js';

/** The part of a window, or of a worker's global scope, that knows of the network and of who looks. */
export interface PageScope {
  /** Says whether there is a network; where it does not, there is one. */
  readonly navigator?: {
    /** `false` without a network. */
    readonly onLine?: boolean | undefined;
  };
  /** Says whether the page is seen; without one there is no page. */
  readonly document?: {
    /** `'visible'` while it is. */
    readonly visibilityState: string;
  };
  /** Tells of changes; without it nothing ever changes. */
  addEventListener?(type: string, listener: () => void): void;
  /** Ends the telling. */
  removeEventListener?(type: string, listener: () => void): void;
}

/**
 * Emits once and completes: as soon as the platform is online.
 *
 * ```
 * navigator.onLine:   true   ──false──online──
 * online():           (n|)      ------(n|)         asked for on each subscription
 * ```
 *
 * Where the platform does not say (Node, Deno), that is at once. It waits for the event `online`, and leaves it when it
 * is unsubscribed; it never errors. What is online need not reach the server: that is for the attempt to find out.
 *
 * @param scope what is asked. Default `globalThis`, which is not looked at before there is a subscriber
 * @throws TypeError where it is no object
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
