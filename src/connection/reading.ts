import type { TransportSocket } from '../transport/transport.js';

/** Why nothing is read: somebody holds a pause lease. */
export const LEASE = 1;
/** Why nothing is read: too many promises of the codec are pending. */
export const PROMISES = 2;

/** Why nothing is read: too many messages wait for the end of the connection before. */
export const HANDOVER = 4;

/** Whether a socket is read, by the reasons that there are not to. */
export class Reading {
  /** How often it was paused so far. */
  pauses = 0;
  readonly #socket: TransportSocket;
  #reasons = 0;

  constructor(socket: TransportSocket) {
    this.#socket = socket;
  }

  get isPaused(): boolean {
    return this.#reasons !== 0;
  }

  pause(reason: number): void {
    const wasPaused = this.isPaused;
    if (!this.#socket.pause) return;
    this.#reasons |= reason;
    if (wasPaused) return;
    this.pauses++;
    this.#socket.pause();
  }

  /** @param reason Default all of them */
  resume(reason = this.#reasons): void {
    const wasPaused = this.isPaused;
    this.#reasons &= ~reason; // first: what was held back arrives during `resume`, and may make somebody pause
    if (wasPaused && this.#reasons === 0) this.#socket.resume!();
  }
}
