import { defer, throwError } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { retryWithBackoff } from '../../operators/index.js';
import type { RetryWithBackoffOptions } from '../../operators/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';

export const failure = new Error('the source failed');

/** One source after another, the last one again and again. */
export function inTurn<T>(...sources: ObservableInput<T>[]): Observable<T> {
  let turn = 0;
  return defer(() => sources[Math.min(turn++, sources.length - 1)]!);
}

/** What is waited before each retry of a source that fails at once, with these errors in turn. */
export function delaysOf(options: RetryWithBackoffOptions, errors: readonly unknown[] = [failure]): number[] {
  const clock = new CountingScheduler();
  const attempts: number[] = [];
  const source = defer(() => {
    const error = errors[Math.min(attempts.length, errors.length - 1)];
    attempts.push(clock.now());
    return throwError(() => error);
  });

  source.pipe(retryWithBackoff({ scheduler: clock, ...options })).subscribe({ error: () => undefined });
  clock.flush();

  return attempts.slice(1).map((at, n) => at - attempts[n]!);
}
