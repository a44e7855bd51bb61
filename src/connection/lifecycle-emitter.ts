import type { Subscriber } from 'rxjs';
import type { CloseEvent, LifecycleEvent } from '../protocol/lifecycle.js';
import { callSafely, endSafely, forEachSafely } from '../rx/for-each-safely.js';

/**
 * Emits the events of one attempt into the supervision. An end that an operator causes while an event passes through it
 * is emitted behind that event: else who comes after the operator would receive the `close` first. What listeners cause
 * has its turn anyway.
 */
export class LifecycleEmitter {
  readonly #lifecycle: Subscriber<LifecycleEvent>;
  /** The event that is among the operators. */
  #passing: LifecycleEvent | undefined;
  #waiting: (() => void)[] | undefined;

  constructor(lifecycle: Subscriber<LifecycleEvent>) {
    this.#lifecycle = lifecycle;
  }

  /** Whether an end waits for the event that is among the operators. */
  get isEndWaiting(): boolean {
    return !!this.#waiting?.length;
  }

  emit(event: LifecycleEvent): void {
    const before = this.#passing;
    this.#passing = event;
    try {
      this.#lifecycle.next(event);
    } finally {
      this.#passing = before; // an operator made by hand may have thrown
      if (!before) forEachSafely(this.#waiting?.splice(0) ?? [], (action) => action());
    }
  }

  /**
   * Emits the `close`, and what the attempt ends with.
   *
   * @param drop lets go of the socket: at once, or behind the event, for `close()` waits for nothing else
   * @param onEmitted is called between the two
   */
  end(close: CloseEvent, error: Error | undefined, drop: (() => void) | undefined, onEmitted: () => void): void {
    const isLater = !!this.#passing;
    if (!isLater) drop?.(); // a socket may report meanwhile
    this.after(() => {
      callSafely(() => this.emit(close));
      onEmitted();
      endSafely(this.#lifecycle, error);
      if (isLater) drop?.();
    });
  }

  /** An event has left the supervision. */
  passed(event: LifecycleEvent): void {
    if (event === this.#passing) this.#passing = undefined;
  }

  /** Runs an action, after the event that is among the operators. */
  after(action: () => void): void {
    if (this.#passing) (this.#waiting ??= []).push(action);
    else action();
  }
}
