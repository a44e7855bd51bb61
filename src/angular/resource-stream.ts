import { signal } from '@angular/core';
import type { ResourceLoaderParams, ResourceStreamItem, Signal } from '@angular/core';
import { Observable } from 'rxjs';
import { expectFunction } from '../protocol/arguments.js';
import { toError } from '../protocol/to-error.js';

/**
 * Makes the `stream` of a `resource` of an Observable: of a topic, of a request with many answers, of any other.
 *
 * It is subscribed to when the resource loads, and unsubscribed from when the resource loads again or is destroyed. Each
 * value is the resource's value; an error is its error. What completes keeps its last value; without one it is an error.
 *
 * @param project makes the Observable; it is given what the resource's `params` returns
 * @throws TypeError where `project` is not a function
 *
 * @example
 * book = resource({ params: () => this.symbol(), stream: resourceStream((symbol: string) => this.books(symbol)) });
 */
export function resourceStream<T, R = unknown>(
  project: (params: Exclude<R, undefined>) => Observable<T>,
): (loader: ResourceLoaderParams<R>) => Promise<Signal<ResourceStreamItem<T>>> {
  expectFunction('project', project);
  return ({ params, abortSignal }) =>
    new Promise((resolve) => {
      let item: ReturnType<typeof signal<ResourceStreamItem<T>>> | undefined;
      const show = (next: ResourceStreamItem<T>) => {
        if (item) item.set(next);
        else resolve((item = signal(next, { equal: () => false })).asReadonly());
      };
      const subscription = new Observable<T>((subscriber) => project(params).subscribe(subscriber)).subscribe({
        next: (value) => show({ value }),
        error: (error: unknown) => show({ error: toError(error) }),
        complete: () => {
          if (!item) show({ error: new Error('The stream completed without a value.') });
        },
      });
      if (abortSignal.aborted) subscription.unsubscribe();
      else abortSignal.addEventListener('abort', () => subscription.unsubscribe(), { once: true });
    });
}
