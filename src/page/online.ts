import { asyncScheduler, defer, filter, fromEvent, interval, of, take } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { expectObject, expectScheduler } from '../protocol/arguments.js';

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
 * and removes the listener when it is unsubscribed. Chromium has no such event in workers: there it reads
 * `navigator.onLine` every second. It never errors. Being online does not mean that the server can be
 * reached: only an attempt shows that.
 *
 * @param scope the global scope to check, read only on subscription. Default `globalThis`
 * @param scheduler runs the timer in a worker without the event. Default `asyncScheduler`
 * @throws TypeError if `scope` is not an object, or `scheduler` not a scheduler
 *
 * @example
 * observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff({ when: online() }))
 *
 * @see {@link retryWithBackoff}
 */
export function online(scope: PageScope = globalThis, scheduler: SchedulerLike = asyncScheduler): Observable<unknown> {
  expectObject('scope', scope);
  expectScheduler(scheduler);
  const isOffline = () => scope.navigator?.onLine === false;
  return defer(() => {
    if (!isOffline() || !scope.addEventListener) return of(undefined);
    const changes: Observable<unknown> = isWorkerWithoutEvent(scope)
      ? interval(1000, scheduler).pipe(filter(() => !isOffline()))
      : fromEvent(scope as EventTarget, 'online');
    return changes.pipe(take(1));
  });
}

/** An event that never comes would be waited for for ever. */
const isWorkerWithoutEvent = (scope: object): boolean => 'WorkerGlobalScope' in scope && !('ononline' in scope);
