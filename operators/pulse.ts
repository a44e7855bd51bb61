import { isObservable, Observable, share, Subscription, take } from 'rxjs';
import type { SchedulerLike, Subscriber } from 'rxjs';
import { atOnce } from '../src/protocol/arguments.js';
import { rolled } from '../src/protocol/backoff.js';
import { toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import type { Link } from '../src/protocol/link.js';
import type { Alarm } from '../src/rx/alarms.js';
import { AwaitedSign } from './await-sign.js';
import type { SignWaiter } from './await-sign.js';
import { nextPing } from './ping-frame.js';
import type { Ping } from './ping-frame.js';
import { Timetable } from './timetable.js';

/** How a connection is watched: the options of `heartbeat`, checked, with their defaults. */
export interface Rhythm {
  readonly timeout: number;
  readonly ping: Ping;
  readonly isReply: ((data: string | Uint8Array) => boolean) | undefined;
  /** Where it makes a ping go at once. */
  readonly probe: () => Observable<unknown> | undefined;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** A link as a pulse uses it: under a pace it says where a frame waits. */
interface PacedLink {
  ping(): unknown;
  sendRaw(frame: string | Uint8Array): unknown;
}

/** Watches one open connection until it is unsubscribed: pings it, or waits for it to fall silent. */
export class Pulse extends Subscription implements Alarm, SignWaiter {
  due = 0;
  /** Milliseconds from ping to ping. */
  readonly interval: number;
  readonly #link: Link;
  readonly #rhythm: Rhythm;
  readonly #timetable: Timetable;
  readonly #subscriber: Subscriber<LifecycleEvent>;
  /** The inbound messages that `isReply` accepts; they are not delivered. */
  #replies: Observable<unknown> | undefined;
  /** While a ping is unanswered: its verdict, or what waits for its turn to be sent. With 'none': the present round. */
  #verdict: Subscription | undefined;

  /** @param subscriber receives a `heartbeat` for every reply */
  constructor(link: Link, interval: number, rhythm: Rhythm, subscriber: Subscriber<LifecycleEvent>) {
    super();
    this.#link = link;
    this.interval = interval;
    this.#rhythm = rhythm;
    this.#subscriber = subscriber;
    this.#timetable = Timetable.join(rhythm.scheduler, interval, rhythm.timeout);
  }

  start(): void {
    const link = this.#link;
    const { ping, isReply, probe, random } = this.#rhythm;
    if (isReply) {
      this.#replies = arrivals(link, isReply).pipe(share());
      this.add(this.#replies.subscribe()); // consumed whether one is awaited or not
    }
    if (ping === 'none') return this.#watch();
    this.#pingAfter(ping === 'frame' && !link.ping ? 0 : rolled(random) * this.interval); // a lack of frames shows at once
    const probing = probe()?.subscribe({
      next: () => this.#pingAfter(0),
      error: (thrown: unknown) => link.terminate(toError(thrown)),
    });
    this.add(probing);
  }

  /** The next ping is due. */
  ring(): void {
    this.#timetable.pings.set(this, this.interval);
    this.#ping();
  }

  onSign(): void {
    if (this.#rhythm.ping === 'none') this.#watch();
    else this.#settle();
  }

  onReply(latency: number): void {
    this.#settle();
    this.#subscriber.next({ type: 'heartbeat', latency: roundToMicroseconds(latency) });
  }

  override unsubscribe(): void {
    if (this.closed) return;
    this.#settle();
    this.#timetable.pings.cancel(this);
    this.#timetable.leave();
    super.unsubscribe();
  }

  #ping(): void {
    if (!this.#canPing) return;
    try {
      const frame = nextPing(this.#link, this.#rhythm.ping);
      if (!this.#canPing) return; // the user's function has ended or paused the connection
      this.#awaitReply();
      const link = this.#link as PacedLink;
      const turn = frame === undefined ? link.ping() : link.sendRaw(frame);
      if (turn !== undefined && isObservable(turn)) this.#awaitTurn(turn);
    } catch (thrown) {
      this.#link.terminate(toError(thrown));
    }
  }

  get #canPing(): boolean {
    const { paused, writable } = this.#link;
    return !this.closed && !this.#verdict && !paused && writable !== false;
  }

  #pingAfter(delay: number): void {
    if (this.closed) return; // by `random`
    this.#timetable.pings.cancel(this);
    this.#timetable.pings.set(this, delay);
  }

  /** `timeout` and latency begin now: the ping goes out next. */
  #awaitReply(): void {
    const link = this.#link;
    const { ping, timeout } = this.#rhythm;
    const verdict = (this.#verdict = this.#awaitSign(timeout, link.sentBytes));
    verdict.subscribeTo(this.#replies ?? (ping === 'frame' ? link.pongs : arrivals(link)));
  }

  /**
   * The ping has to wait, under a pace.
   * @param turn emits as the ping goes out; completes without where it never does
   */
  #awaitTurn(turn: Observable<unknown>): void {
    this.#settle();
    const waiting = (this.#verdict = new Subscription());
    const next = () => this.#awaitReply();
    const complete = () => {
      if (this.#verdict === waiting) this.#settle();
    };
    waiting.add(turn.pipe(take(1)).subscribe({ next, complete }));
  }

  #watch(): void {
    this.#settle();
    this.#verdict = this.#awaitSign(this.interval + this.#rhythm.timeout);
  }

  #awaitSign(timeout: number, sent?: number): AwaitedSign {
    return new AwaitedSign(this, this.#link, timeout, this.#timetable.verdicts, this.#rhythm.scheduler, sent);
  }

  #settle(): void {
    this.#verdict?.unsubscribe();
    this.#verdict = undefined;
  }
}

/** Milliseconds without the noise below a microsecond; never negative, even by a clock that somebody sets back. */
function roundToMicroseconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1000) / 1000);
}

/** Emits every inbound message, which is still delivered; with `isReply`, emits replies alone, and consumes them. */
function arrivals(link: Link, isReply?: (data: string | Uint8Array) => boolean): Observable<unknown> {
  return new Observable((subscriber) =>
    link.intercept((data) => {
      if (isReply && !atOnce('isReply(data)', isReply(data))) return false;
      subscriber.next(data);
      return isReply !== undefined;
    }),
  );
}
