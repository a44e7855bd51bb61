import { defaultIfEmpty, from, isObservable, take } from 'rxjs';
import type { Observable } from 'rxjs';
import { isThenable } from '../protocol/is-thenable.js';

/** A value, or what will have it: a promise, or an Observable, of which the first value counts. */
export type Later<T> = T | PromiseLike<T> | Observable<T>;

/** The Observable of a value that takes its time; nothing where the value is there. It emits once: `undefined` for none. */
export function waitFor<T>(value: Later<T>): Observable<T | undefined> | undefined {
  if (isObservable(value)) return value.pipe(take(1), defaultIfEmpty(undefined));
  return isThenable(value) ? from(Promise.resolve(value)) : undefined;
}
