import { isObservable, Observable, share, Subscription, take } from 'rxjs';
import type { SchedulerAction, SchedulerLike, Subscriber } from 'rxjs';
import { toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import type { Link } from '../src/protocol/link.js';
import { monotonicNow } from '../src/rx/monotonic-now.js';
import { nextPing } from './ping-frame.js';
import type { Ping } from './ping-frame.js';
import { awaitSign } from './await-sign.js';

/** How a connection is watched: the options of `heartbeat`, checked, with their defaults. */
export interface Rhythm {
  readonly timeout: number;
  readonly ping: Ping;
  readonly isReply: ((data: string | Uint8Array) => boolean) | undefined;
  readonly probe: Observable<unknown>;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** Watches one open connection until it is unsubscribed: pings it, or waits for it to fall silent. */
export class Pulse extends Subscription {
  readonly #link: Link;
  /** Milliseconds from ping to ping. */
  readonly interval: number;
  readonly #rhythm: Rhythm;
  readonly #subscriber: Subscriber<LifecycleEvent>;
  /** The inbound messages that `isReply` accepts; they are not delivered. */
  #replies: Observable<unknown> | undefined;
  /** While a ping is unanswered: its verdict, or what waits for its turn to be sent. With 'none': the present round. */
  #verdict: Subscription | undefined;
  #nextPing: Subscription | undefined;

  /** @param subscriber receives a `heartbeat` for every reply */
  constructor(link: Link, interval: number, rhythm: Rhythm, subscriber: Subscriber<LifecycleEvent>) {
    super();
    this.#link = link;
    this.interval = interval;
    this.#rhythm = rhythm;
    this.#subscriber = subscriber;
  }

  start(): void {
    const link = this.#link;
    const { ping, isReply, probe, random } = this.#rhythm;
    if (isReply) {
      this.#replies = arrivals(link, isReply).pipe(share());
      this.add(this.#replies.subscribe()); // consumed whether one is awaited or not
    }
    if (ping === 'none') return this.#watch();
    this.#pingAfter(ping === 'frame' && !link.ping ? 0 : random() * this.interval); // a lack of frames shows at once
    this.add(
      probe.subscribe({
        next: () => this.#pingAfter(0),
        error: (thrown: unknown) => link.terminate(toError(thrown)),
      }),
    );
  }

  ping(): void {
    if (!this.#canPing) return;
    try {
      const send = nextPing(this.#link, this.#rhythm.ping);
      if (!this.#canPing) return; // the user's function has ended or paused the connection
      this.#awaitReply();
      const turn = send();
      if (isObservable(turn)) this.#awaitTurn(turn);
    } catch (thrown) {
      this.#link.terminate(toError(thrown));
    }
  }

  get #canPing(): boolean {
    const { paused, writable } = this.#link;
    return !this.closed && !this.#verdict && !paused && writable !== false;
  }

  override unsubscribe(): void {
    this.#settle();
    this.#nextPing?.unsubscribe();
    super.unsubscribe();
  }

  #pingAfter(delay: number): void {
    this.#nextPing?.unsubscribe();
    this.#nextPing = this.#rhythm.scheduler.schedule(beat, delay, this);
    if (this.closed) this.#nextPing.unsubscribe(); // by `random`, or by a ping that was sent at once
  }

  /** `timeout` and latency begin now: the ping goes out next. */
  #awaitReply(): void {
    const link = this.#link;
    const { ping, timeout, scheduler } = this.#rhythm;
    const since = monotonicNow(scheduler);
    const replies = this.#replies ?? (ping === 'frame' ? link.pongs : arrivals(link));
    this.#verdict = awaitSign(timeout, link, scheduler, () => this.#settle(), link.sentBytes);
    this.#verdict.add(
      replies.subscribe(() => {
        this.#settle();
        this.#subscriber.next({ type: 'heartbeat', latency: roundToMicroseconds(monotonicNow(scheduler) - since) });
      }),
    );
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
    const { timeout, scheduler } = this.#rhythm;
    this.#verdict = awaitSign(this.interval + timeout, this.#link, scheduler, () => this.#watch());
  }

  #settle(): void {
    this.#verdict?.unsubscribe();
    this.#verdict = undefined;
  }
}

function beat(this: SchedulerAction<Pulse>, pulse?: Pulse): void {
  this.schedule(pulse, pulse!.interval);
  pulse!.ping();
}

/** Milliseconds without the noise below a microsecond; never negative, even by a clock that somebody sets back. */
function roundToMicroseconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1000) / 1000);
}

/** Emits every inbound message, which is still delivered; with `isReply`, emits replies alone, and consumes them. */
function arrivals(link: Link, isReply?: (data: string | Uint8Array) => boolean): Observable<unknown> {
  return new Observable((subscriber) =>
    link.intercept((data) => {
      if (isReply && !isReply(data)) return false;
      subscriber.next(data);
      return isReply !== undefined;
    }),
  );
}
