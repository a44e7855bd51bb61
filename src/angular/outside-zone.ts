import type { NgZone } from '@angular/core';
import { Observable, Subject, takeUntil } from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerAction, SchedulerLike } from 'rxjs';

/**
 * Subscribes to the source, and emits, outside Angular's zone. Timers and sockets that are created there trigger no
 * change detection, and Angular does not wait for them.
 */
export function outsideZone<T>(zone: NgZone): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const unsubscribed = new Subject<void>();
      subscriber.add(() => unsubscribed.next()); // also while the source emits synchronously
      zone.runOutsideAngular(() =>
        source.pipe(takeUntil(unsubscribed)).subscribe({
          next: (value) => zone.runOutsideAngular(() => subscriber.next(value)),
          error: (error: unknown) => zone.runOutsideAngular(() => subscriber.error(error)),
          complete: () => zone.runOutsideAngular(() => subscriber.complete()),
        }),
      );
    });
}

/** A scheduler whose timers run outside Angular's zone. */
export function scheduleOutsideZone(zone: NgZone, scheduler: SchedulerLike): SchedulerLike {
  const schedule = <T>(work: (this: SchedulerAction<T>, state: T) => void, delay: number, state: T) =>
    zone.runOutsideAngular(() => scheduler.schedule(work, delay, state));
  return { now: () => scheduler.now(), schedule: schedule };
}
