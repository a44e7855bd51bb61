import { defer, EMPTY, filter, fromEvent } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectObject } from '../protocol/arguments.js';
import type { PageScope } from './online.js';

/**
 * Emits whenever the page is seen again: after its tab was in the background, or its machine asleep.
 *
 * ```
 * visibilityState:   ──hidden──visible──hidden──visible──
 * visible():         ----------v----------------v--------
 * ```
 *
 * Where there is no page (Node, workers) it completes at once. It listens to `visibilitychange` until it is unsubscribed,
 * and never errors.
 *
 * @param scope whose page. Default `globalThis`, which is not looked at before there is a subscriber
 * @throws TypeError where it is no object
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
