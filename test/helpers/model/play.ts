import { config as rxjs } from 'rxjs';
import { Stage } from './stage.js';
import type { Script } from './steps.js';

/** Plays a script, and resolves to whatever was not as it must be. */
export async function play({ setup, steps }: Script): Promise<string[]> {
  const unhandled: unknown[] = [];
  const before = rxjs.onUnhandledError;
  rxjs.onUnhandledError = (error) => unhandled.push(error);
  try {
    const stage = new Stage(setup);
    for (const step of steps) {
      await stage.take(step);
      if (stage.complaints.length > 0) return [...stage.complaints];
    }
    await stage.recover();
    await stage.clear();
    return [...stage.complaints, ...unhandled.map((error) => `unhandled: ${String(error)}`)];
  } finally {
    rxjs.onUnhandledError = before;
  }
}
