import { config as rxjs } from 'rxjs';
import type { Library } from './library.js';
import { Play } from './acts.js';
import type { Script } from './script.js';

/** Plays a script on the library, and resolves to what was not as it must be. */
export async function playAlive(library: Library, script: Script): Promise<readonly string[]> {
  const unhandled: unknown[] = [];
  const before = rxjs.onUnhandledError;
  rxjs.onUnhandledError = (error) => unhandled.push(error);
  try {
    const play = new Play(library, script);
    play.act();
    await play.recover();
    await play.end();
    return [...play.complaints, ...unhandled.map((error) => `unhandled: ${String(error)}`)];
  } catch (thrown) {
    return [`thrown: ${String(thrown)}`];
  } finally {
    rxjs.onUnhandledError = before;
  }
}
