import { config as rxjs, firstValueFrom, timer } from 'rxjs';
import type { Library } from './library.js';
import type { Plan } from './plan.js';
import { World } from './world.js';
import type { Outcome } from './world.js';

/** Plays a world. */
export async function playWorld(library: Library, plan: Plan, isTraced = false): Promise<Outcome> {
  const world = new World(library, plan, isTraced);
  const before = rxjs.onUnhandledError;
  rxjs.onUnhandledError = (error) => world.complaints.of('unhandled')(String(error));
  const restore = world.stage.machine.install();
  try {
    await world.play();
  } finally {
    restore();
    await firstValueFrom(timer(0)); // RxJS reports such errors by a timer of the platform
    rxjs.onUnhandledError = before;
  }
  return world.outcome;
}
