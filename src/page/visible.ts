import { defer, EMPTY, filter, fromEvent, merge } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectObject } from '../protocol/arguments.js';
import type { PageScope } from './online.js';

/** Whether there is a page: not in Node, nor in workers. @internal */
export function hasPage(scope: PageScope = globalThis): boolean {
  return !!(scope.document && scope.addEventListener);
}

/**
 * Emits whenever the page becomes visible: when its tab comes to the foreground, when its machine wakes up, or when it
 * comes back from the back/forward cache.
 *
 * ```
 * visibilityState:   ──hidden──visible──hidden──visible──
 * visible():         ----------v----------------v--------
 * ```
 *
 * Both events may report the same return from that cache. Completes at once where there is no page (Node, workers). Otherwise it listens to `visibilitychange` and `pageshow`
 * until it is unsubscribed. It never errors.
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
  return defer(() => {
    if (!hasPage(scope)) return EMPTY;
    const changes = fromEvent(scope as EventTarget, 'visibilitychange');
    // A page that is restored has not always changed its visibility. One that was just loaded was not away.
    const restored = fromEvent<Partial<PageTransitionEvent>>(scope as EventTarget, 'pageshow').pipe(
      filter(({ persisted }) => persisted !== false),
    );
    return merge(changes, restored).pipe(filter(() => scope.document!.visibilityState === 'visible'));
  });
}
