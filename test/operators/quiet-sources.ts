import { EMPTY } from 'rxjs';
import type { OperatorFunction } from 'rxjs';
import { it } from 'vitest';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { inVirtualTime } from '../helpers/marbles.js';

/** What every operator on a lifecycle owes a source of which it hears nothing. */
export function addsNothingToQuietSources(operator: () => OperatorFunction<LifecycleEvent, LifecycleEvent>): void {
  it('completes with an empty source', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<LifecycleEvent>('--|');

      expectObservable(source.pipe(operator())).toBe('--|');
      expectObservable(EMPTY.pipe(operator())).toBe('|');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('stays silent with a source that never emits, and leaves it on unsubscription', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<LifecycleEvent>('-');

      expectObservable(source.pipe(operator()), '^---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });
}
