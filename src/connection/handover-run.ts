import type { Subject } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { Attempt } from './attempt.js';
import type { RetiringRun } from './retiring.js';
import type { SupervisedCore, SupervisedLifecycle } from './supervised-lifecycle.js';

/** What a handover needs of its run. */
export interface HandoverRun<In, Out> extends RetiringRun<In> {
  readonly core: SupervisedCore<In, Out> & RetiringRun<In>['core'];
  readonly isClosing: boolean;
  readonly hasEnded: boolean;
  nextAttempt(): number;
  deliver(message: In, ofLink: Subject<In> | undefined): void;
  emit(event: LifecycleEvent): void;
  fail(error: unknown): void;
  complete(): void;
  abandoned(attempt: Attempt<In, Out>): void;
  closing(): void;
  /**
   * Replaces the subscription to the old supervision, and emits these events before anything that a listener causes.
   */
  takeOver(supervised: SupervisedLifecycle<In, Out>, events: readonly LifecycleEvent[]): void;
  /** The handover is over, and can be forgotten. */
  handedOver(): void;
  whenDelivered(action: () => void): void;
}
