import type { Observable } from 'rxjs';
import type { Attempt } from './attempt.js';
import type { Link } from './lifecycle.js';

/** The side of an attempt that operators see. Keeps it private: nothing of it is logged. */
export class AttemptLink<In, Out> implements Link<In, Out> {
  readonly #attempt: Attempt<In, Out>;
  ping?: (payload?: string) => void;

  constructor(attempt: Attempt<In, Out>) {
    this.#attempt = attempt;
  }
  get received(): number {
    return this.#attempt.received;
  }
  get paused(): boolean {
    return this.#attempt.paused;
  }
  get pauses(): number {
    return this.#attempt.pauses;
  }
  get messages(): Observable<In> {
    return this.#attempt.messages;
  }
  get pongs(): Observable<unknown> {
    return this.#attempt.pongs;
  }
  intercept(look: (data: string | Uint8Array) => boolean): () => void {
    return this.#attempt.intercept(look);
  }
  send(value: Out): void {
    this.#attempt.send(value);
  }
  sendRaw(data: string | Uint8Array): void {
    this.#attempt.sendRaw(data);
  }
  close(code?: number, reason?: string): void {
    this.#attempt.hangUp(code, reason);
  }
  terminate(error: Error): void {
    this.#attempt.terminate(error);
  }
  /** Leaves it out of `JSON.stringify(event)`. */
  toJSON(): undefined {
    return undefined;
  }
}
