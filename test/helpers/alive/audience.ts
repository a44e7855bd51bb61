import { Subject, takeUntil } from 'rxjs';
import type { WebSocketConnection } from '../../../src/index.node.js';
import type { Occasion } from './script.js';

interface Member {
  isOver: boolean;
  readonly received: unknown[];
  /** The user has unsubscribed it. */
  hasLeft: boolean;
  readonly isReader: boolean;
  /** Unsubscribes, also while it subscribes. */
  readonly left: Subject<void>;
}

/** The subscribers of a connection. */
export class Audience {
  readonly #feed: () => WebSocketConnection;
  readonly #notice: (on: Occasion['on']) => void;
  readonly #onEnd: (how: 'error' | 'completion') => void;
  readonly #complain: (what: string) => void;
  #pair: readonly Member[] = [];
  readonly #members: Member[] = [];

  constructor(
    feed: () => WebSocketConnection,
    notice: (on: Occasion['on']) => void,
    onEnd: (how: 'error' | 'completion') => void,
    complain: (what: string) => void,
  ) {
    this.#complain = complain;
    this.#feed = feed;
    this.#notice = notice;
    this.#onEnd = onEnd;
  }

  get present(): readonly Member[] {
    return this.#members.filter(({ isOver }) => !isOver);
  }

  /** How many messages each reader that is subscribed has received. */
  get received(): readonly number[] {
    return this.present.filter(({ isReader }) => isReader).map(({ received }) => received.length);
  }

  subscribe(isReader: boolean): void {
    const left = new Subject<void>();
    const member: Member = { isOver: false, received: [], hasLeft: false, isReader, left };
    this.#members.push(member);
    const end = (how: 'error' | 'completion') => {
      if (member.isOver) return;
      member.isOver = true;
      this.#onEnd(how);
      this.#notice('end');
    };
    const observer = { error: () => end('error'), complete: () => end('completion') };
    const { messages, lifecycle } = this.#feed();
    const receive = (message: unknown) => {
      member.received.push(message);
      this.#notice('message');
    };
    if (isReader) messages.pipe(takeUntil(left)).subscribe({ next: receive, ...observer });
    else lifecycle.pipe(takeUntil(left)).subscribe({ next: ({ type }) => this.#notice(type), ...observer });
  }

  unsubscribe(): void {
    const member = this.present[0];
    if (!member) return;
    member.isOver = true;
    member.hasLeft = true;
    member.left.next();
  }

  /** Two readers of one run, if there is one. */
  subscribeTwo(isOneRun: boolean): void {
    const { length } = this.#members;
    this.subscribe(true);
    this.subscribe(true);
    if (isOneRun) this.#pair = this.#members.slice(length);
  }

  /** What one of two readers has received the other has, too, if both have stayed. */
  check(): void {
    const [one, other] = this.#pair;
    if (!one || !other || one.hasLeft || other.hasLeft) return;
    if (String(one.received) !== String(other.received)) {
      this.#complain(`one reader received ${String(one.received)}, and the other ${String(other.received)}`);
    }
  }

  unsubscribeAll(): void {
    while (this.present.length > 0) this.unsubscribe();
  }
}
