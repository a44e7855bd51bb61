import type { Subscriber } from 'rxjs';
import type { CloseEvent, LifecycleEvent } from '../protocol/lifecycle.js';
import { callSafely, endSafely, forEachSafely } from '../rx/for-each-safely.js';

/**
 * Passes the events of one attempt to the supervision. What an operator causes while one passes through it comes behind
 * that event: else who comes after the operator would hear of the end first. What listeners cause has its turn anyway.
 */
export class Telling {
  readonly #lifecycle: Subscriber<LifecycleEvent>;
  /** An event is among the operators. */
  isBusy = false;
  #behind: (() => void)[] | undefined;

  constructor(lifecycle: Subscriber<LifecycleEvent>) {
    this.#lifecycle = lifecycle;
  }

  event(event: LifecycleEvent): void {
    const wasBusy = this.isBusy;
    this.isBusy = true;
    try {
      this.#lifecycle.next(event);
    } finally {
      this.isBusy = wasBusy; // an operator made by hand may have thrown
      if (!wasBusy) forEachSafely(this.#behind?.splice(0) ?? [], (action) => action());
    }
  }

  /**
   * Tells the end, and what it ends with.
   *
   * @param drop lets go of the socket: at once, or behind the event, for `close()` waits for nothing else
   * @param told is called between the two
   */
  end(close: CloseEvent, error: Error | undefined, drop: (() => void) | undefined, told: () => void): void {
    const { isBusy } = this;
    if (!isBusy) drop?.(); // a socket may report meanwhile
    this.behind(() => {
      callSafely(() => this.event(close));
      told();
      endSafely(this.#lifecycle, error);
      if (isBusy) drop?.();
    });
  }

  /** An event has left the supervision. */
  left(): void {
    this.isBusy = false;
  }

  /** Runs an action, behind the event that is among the operators. */
  behind(action: () => void): void {
    if (this.isBusy) (this.#behind ??= []).push(action);
    else action();
  }
}
