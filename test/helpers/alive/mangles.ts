import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { concatMap, delayWhen, filter, map, merge, mergeMap, Observable, of, pipe, timer } from 'rxjs';
import { dematerialize, materialize } from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';
import type { LifecycleEvent } from '../../../src/index.node.js';

/** What an operator of a supervision does to some of the events that pass it. */
export interface Mangle {
  readonly how: 'delay' | 'slow' | 'reorder' | 'swallow' | 'repeat' | 'repeatLater' | 'batch' | 'copy';
  /** Which events; all of them where there is none. */
  readonly type: LifecycleEvent['type'] | undefined;
  /** Before `retryWithBackoff` it sees one connection, after it one connection after another. */
  readonly side: 'before' | 'after';
  readonly ms: number;
}

const TYPES = ['connecting', 'open', 'close', 'open', 'close', 'reconnecting', 'error', 'dropped'] as const;

export const mangle: Arbitrary<Mangle> = fc.record({
  how: fc.constantFrom('delay', 'slow', 'reorder', 'swallow', 'repeat', 'repeatLater', 'batch', 'copy'),
  type: fc.option(fc.constantFrom(...TYPES), { nil: undefined, freq: 3 }),
  side: fc.constantFrom('before', 'after'),
  ms: fc.constantFrom(1, 5, 15, 40),
});

/** The operator that does it. */
export function mangling(
  { how, type, ms }: Mangle,
  scheduler: SchedulerLike,
): MonoTypeOperatorFunction<LifecycleEvent> {
  const isMeant = (event: LifecycleEvent) => type === undefined || event.type === type;
  const wait = () => timer(ms, scheduler);
  switch (how) {
    case 'delay': // an error overtakes what is late
      return delayWhen((event) => (isMeant(event) ? wait() : of(0)));
    case 'slow': // one after another, and the end behind them
      return pipe(
        materialize(),
        concatMap((what) => (what.kind !== 'N' || isMeant(what.value) ? wait().pipe(map(() => what)) : of(what))),
        dematerialize(),
      );
    case 'reorder':
      return behindTheNext(isMeant);
    case 'swallow':
      return filter((event) => !isMeant(event));
    case 'repeat':
      return concatMap((event) => (isMeant(event) ? of(event, event) : of(event)));
    case 'repeatLater':
      return mergeMap((event) => (isMeant(event) ? merge(of(event), wait().pipe(map(() => event))) : of(event)));
    case 'batch':
      return inBatches(ms, scheduler);
    case 'copy':
      return map((event) => (isMeant(event) ? { ...event } : event));
  }
}

/** Emits such an event behind the one that follows it. */
function behindTheNext(isMeant: (event: LifecycleEvent) => boolean): MonoTypeOperatorFunction<LifecycleEvent> {
  return (source) =>
    new Observable((subscriber) => {
      let held: LifecycleEvent[] = [];
      const release = () => {
        const events = held;
        held = [];
        for (const event of events) subscriber.next(event);
      };
      return source.subscribe({
        next: (event) => {
          if (isMeant(event) && held.length === 0) {
            held.push(event);
            return;
          }
          subscriber.next(event);
          release();
        },
        error: (error: unknown) => {
          release();
          subscriber.error(error);
        },
        complete: () => {
          release();
          subscriber.complete();
        },
      });
    });
}

/** Emits what comes within some milliseconds at once, and the rest before the end. */
function inBatches(ms: number, scheduler: SchedulerLike): MonoTypeOperatorFunction<LifecycleEvent> {
  return (source) =>
    new Observable((subscriber) => {
      let batch: LifecycleEvent[] = [];
      const release = () => {
        const events = batch;
        batch = [];
        for (const event of events) subscriber.next(event);
      };
      subscriber.add(
        source.subscribe({
          next: (event) => {
            batch.push(event);
            if (batch.length === 1) subscriber.add(scheduler.schedule(release, ms));
          },
          error: (error: unknown) => {
            release();
            subscriber.error(error);
          },
          complete: () => {
            release();
            subscriber.complete();
          },
        }),
      );
    });
}
