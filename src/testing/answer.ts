import { concatMap, EMPTY, from, isObservable, of } from 'rxjs';
import type { Observable } from 'rxjs';
import { isThenable } from '../protocol/is-thenable.js';
import { stepFor } from './script.js';
import type { ScriptStep } from './script.js';

/**
 * The steps that `reply` asks for: none for `undefined`, one for each element of an array, those of each value of an
 * Observable or a Promise, else one.
 */
export function stepsOf(answer: unknown): Observable<ScriptStep> {
  if (Array.isArray(answer)) return from(answer as unknown[]).pipe(concatMap(stepsOfElement));
  return stepsOfElement(answer);
}

/** An array inside an array is a message. */
function stepsOfElement(answer: unknown): Observable<ScriptStep> {
  if (answer === undefined) return EMPTY;
  if (isObservable(answer)) return answer.pipe(concatMap(stepsOf));
  if (isThenable(answer)) return from(answer).pipe(concatMap(stepsOf));
  return of(stepFor(answer, 'reply'));
}
