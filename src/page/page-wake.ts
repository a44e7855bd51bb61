import { defer, fromEvent, merge, NEVER } from 'rxjs';
import type { Observable } from 'rxjs';
import type { PageScope } from './online.js';
import { hasPage, visible } from './visible.js';

/**
 * Emits whenever a page's network or its user is back: on an event `online`, and when the page is visible again. Where
 * there is no page (Node, workers) it never emits. It never errors.
 *
 * @param scope whose page. Default `globalThis`, which is not looked at before there is a subscriber
 */
export function pageWake(scope: PageScope = globalThis): Observable<unknown> {
  return defer(() => (hasPage(scope) ? merge(fromEvent(scope as EventTarget, 'online'), visible(scope)) : NEVER));
}
