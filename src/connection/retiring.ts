import type { Subject } from 'rxjs';
import type { CloseEvent } from '../protocol/lifecycle.js';
import type { Sessions } from '../protocol/session-port.js';
import type { Attempt } from './attempt.js';
import { HeldBack } from './held-back.js';

/** What `reconnect({ overlap })` asked for. */
export interface HandoverPlan {
  readonly code: number;
  readonly reason: string;
  /** Milliseconds that the old connection goes on delivering, from when everything queued was sent on the new one. */
  readonly overlap: number;
}

/** What the old connection of a handover needs of the run. */
export interface RetiringRun<In> {
  readonly core: {
    /** Whether somebody holds a pause lease. */
    readonly isPaused: boolean;
  };
  /** Delivers a message, though others of the old connection may wait. */
  deliverNow(message: In, ofLink: Subject<In> | undefined): void;
}

/** The old connection of a handover, and what it had held back while it was paused. */
export class Retiring<In, Out> {
  readonly #old: Attempt<In, Out>;
  readonly #plan: HandoverPlan;
  readonly #run: RetiringRun<In>;
  /** How often it had been paused when the new one took its place; -1 where it was paused then. */
  #pauses = -1;
  /** Made where it is to end and has held something back. */
  #heldBack: HeldBack | undefined;
  #hasEnded = false;

  constructor(old: Attempt<In, Out>, plan: HandoverPlan, run: RetiringRun<In>) {
    this.#old = old;
    this.#plan = plan;
    this.#run = run;
  }

  /** The new connection has taken its place. @returns its `close` */
  retire(): CloseEvent {
    const { paused, pauses } = this.#old.link!;
    if (!paused) this.#pauses = pauses;
    return this.#old.retire(this.#plan.code, this.#plan.reason);
  }

  /** Has a message wait, where it was held back and a lease is held. @returns whether it waits */
  holdBack(message: In, ofLink: Subject<In> | undefined): boolean {
    if (!this.#heldBack?.isHolding) return false;
    ofLink?.next(message);
    this.#heldBack.push(() => this.#run.deliverNow(message, undefined));
    return true;
  }

  /** Has what follows its last message wait, where that waits. @returns whether it does */
  holdBackEnd(action: () => void): boolean {
    if (!this.#heldBack?.isHolding) return false;
    this.#heldBack.push(action);
    return true;
  }

  /** Applies pause leases. @returns whether it has ended, and everything is delivered */
  hold(isHeld: boolean): boolean {
    this.#old.hold(isHeld);
    if (!isHeld) this.#heldBack?.release();
    return this.isOver;
  }

  /** Whether it has ended, and everything is delivered. */
  get isOver(): boolean {
    return this.#hasEnded && !this.#run.core.isPaused;
  }

  ended(): void {
    this.#hasEnded = true;
  }

  /**
   * The overlap is over. Where it was paused meanwhile, or its codec takes its time, it delivers until its closing
   * handshake is over: then everything has arrived that it had held back.
   *
   * @returns whether there is nothing to wait for
   */
  close(): boolean {
    const { paused, pauses, turn } = this.#old.link!;
    if (!paused && !turn && pauses === this.#pauses) return true;
    this.#heldBack = new HeldBack(() => this.#run.core.isPaused);
    this.#old.close(this.#plan.code, this.#plan.reason);
    return false;
  }

  /** Ends it at once, and delivers what is there of it. @param sessions take what comes now for the new one's */
  abandon(sessions: Sessions<In, Out> | undefined): void {
    this.#old.abandon(this.#plan.code, this.#plan.reason);
    this.#heldBack?.release(true);
    this.#heldBack = undefined;
    sessions?.ended(this.#old.link!, this.#old.closeEvent!);
  }
}
