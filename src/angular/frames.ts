import { audit, race, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';

/** How long to wait for a frame, in milliseconds: a page in the background has none, and its badge and title live on. */
const WITHOUT_FRAMES = 250;

/** Emits the latest value once a frame, and by a timer where there are no frames. */
export function onceAFrame<T>(frames: SchedulerLike, scheduler: SchedulerLike): MonoTypeOperatorFunction<T> {
  return audit(() => race(timer(0, frames), timer(WITHOUT_FRAMES, scheduler)));
}
