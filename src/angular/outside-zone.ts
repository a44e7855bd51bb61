import type { NgZone } from '@angular/core';
import { Observable, Subject, takeUntil } from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerAction, SchedulerLike } from 'rxjs';

/**
 * Subscribes outside Angular's zone and tells outside of it too, whoever subscribes or brings an event about: so every
 * timer and socket that comes of it is nothing that Angular checks after or waits for.
 */
export function outsideZone<T>(zone: NgZone): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const left = new Subject<void>();
      subscriber.add(() => left.next()); // also in the middle of what a subscription brings at once
      zone.runOutsideAngular(() =>
        source.pipe(takeUntil(left)).subscribe({
          next: (value) => zone.runOutsideAngular(() => subscriber.next(value)),
          error: (error: unknown) => zone.runOutsideAngular(() => subscriber.error(error)),
          complete: () => zone.runOutsideAngular(() => subscriber.complete()),
        }),
      );
    });
}

/** The same scheduler, whose timers are outside Angular's zone. */
export function scheduleOutsideZone(zone: NgZone, scheduler: SchedulerLike): SchedulerLike {
  const schedule = <T>(work: (this: SchedulerAction<T>, state: T) => void, delay: number, state: T) =>
    zone.runOutsideAngular(() => scheduler.schedule(work, delay, state));
  return { now: () => scheduler.now(), schedule: schedule };
}
