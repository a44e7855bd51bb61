import type { Subject } from 'rxjs';
import { SubscriberList } from './subscriber-list.js';
import type { Turns } from './turns.js';

/** The readers of the messages of one run. */
export class ReaderList<In> extends SubscriberList<In> {
  /** Receive the messages too, and do not keep the run alive. */
  readonly passive = new SubscriberList<In>();

  /** Every reader receives the message, also where one of them ends the connection: what that causes waits. */
  deliver(message: In, ofLink: Subject<In> | undefined, turns: Turns): void {
    const { members } = this;
    const passive = this.passive.members;
    if (members.length < 2 && !ofLink && !passive.length) {
      members[0]?.next(message);
      return;
    }
    const isHeld = turns.hold();
    for (const reader of members) reader.next(message);
    for (const reader of passive) reader.next(message);
    ofLink?.next(message);
    if (isHeld) turns.release();
  }
}
