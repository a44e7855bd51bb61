import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** The time of a real clock is above this, and that of a test below it. */
const VIRTUAL = 1e12;

/** Whether this is called within `TestScheduler.run`. There a character is one frame, and time is virtual. */
export function isInRunMode(): boolean {
  const [message] = TestScheduler.parseMarbles('-a');
  return message!.frame === 1 && asyncScheduler.now() < VIRTUAL; // outside, a character is ten frames
}
