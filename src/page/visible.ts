import { defer, EMPTY, filter, fromEvent } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectObject } from '../protocol/arguments.js';
import type { PageScope } from './online.js';

/**
 * Emits whenever the page becomes visible: when its tab comes to the foreground, or its machine wakes up.
 *
 * ```
 * visibilityState:   ──hidden──visible──hidden──visible──
 * visible():         ----------v----------------v--------
 * ```
 *
 * Completes at once where there is no page (Node, workers). Otherwise it listens to `visibilitychange` until it is
 * unsubscribed. It never errors.
 *
 * @param scope the global scope of the page, read only on subscription. Default `globalThis`
 * @throws TypeError if `scope` is not an object
 *
 * @example
 * heartbeat({ ping: () => 'ping', probe: merge(visible(), fromEvent(window, 'online')) })
 *
 * @see {@link heartbeat}
 */
export function visible(scope: PageScope = globalThis): Observable<unknown> {
  expectObject('scope', scope);
  return defer(() =>
    scope.document && scope.addEventListener
      ? fromEvent(scope as EventTarget, 'visibilitychange').pipe(
          filter(() => scope.document!.visibilityState === 'visible'),
        )
      : EMPTY,
  );
}
