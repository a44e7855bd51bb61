import { Observable, share, Subscription, take } from 'rxjs';
import type { SchedulerAction, SchedulerLike, Subscriber } from 'rxjs';
import { bounded } from '../src/protocol/backoff.js';
import { HeartbeatTimeoutError, WebSocketError } from '../src/protocol/errors.js';
import { toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import type { Link } from '../src/protocol/link.js';

/** How a connection is watched over: what `heartbeat` was given, checked, with its defaults. */
export interface Rhythm {
  readonly timeout: number;
  readonly ping: 'frame' | 'none' | (() => string | Uint8Array);
  readonly isReply: ((data: string | Uint8Array) => boolean) | undefined;
  readonly probe: Observable<unknown>;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** A timer that fires later than this was held up by its own machine: asleep, overloaded, throttled. */
const LATE = 1000;
/** How long what arrived meanwhile then has to be read. */
const GRACE = 1000;

/** Watches over one open connection until it is unsubscribed: pings it, or waits for it to fall silent. */
export class Pulse extends Subscription {
  readonly #link: Link;
  /** Milliseconds from ping to ping. */
  readonly interval: number;
  readonly #rhythm: Rhythm;
  readonly #subscriber: Subscriber<LifecycleEvent>;
  #replies: Observable<unknown> | undefined;
  /** The verdict that is due, unless there is a sign of life. */
  #verdict: Subscription | undefined;
  #nextPing: Subscription | undefined;

  /** @param subscriber is told of every reply */
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
      this.add(this.#replies.subscribe()); // consumed whether one is waited for or not
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
    const link = this.#link;
    const { ping, timeout, scheduler } = this.#rhythm;
    if (this.closed || this.#verdict || link.paused || link.writable === false) return;
    const since = scheduler.now();
    const replies = this.#replies ?? (ping === 'frame' ? link.pongs : arrivals(link));
    this.#verdict = judgeAfter(timeout, link, scheduler, () => this.#acquit());
    this.#verdict.add(
      replies.pipe(take(1)).subscribe(() => {
        this.#acquit();
        this.#subscriber.next({ type: 'heartbeat', latency: scheduler.now() - since });
      }),
    );
    try {
      sendPing(link, ping);
    } catch (thrown) {
      link.terminate(toError(thrown));
    }
  }

  override unsubscribe(): void {
    this.#acquit();
    this.#nextPing?.unsubscribe();
    super.unsubscribe();
  }

  #pingAfter(delay: number): void {
    this.#nextPing?.unsubscribe();
    this.#nextPing = this.#rhythm.scheduler.schedule(beat, delay, this);
    if (this.closed) this.#nextPing.unsubscribe(); // whoever was asked for the delay, or pinged at once, has left
  }

  #watch(): void {
    this.#acquit();
    const { timeout, scheduler } = this.#rhythm;
    this.#verdict = judgeAfter(this.interval + timeout, this.#link, scheduler, () => this.#watch());
  }

  #acquit(): void {
    this.#verdict?.unsubscribe();
    this.#verdict = undefined;
  }
}

function beat(this: SchedulerAction<Pulse>, pulse?: Pulse): void {
  this.schedule(pulse, pulse!.interval);
  pulse!.ping();
}

function sendPing(link: Link, ping: Rhythm['ping']): void {
  if (typeof ping === 'function') link.sendRaw(ping());
  else if (link.ping) link.ping();
  else
    throw new WebSocketError('This transport has no ping frames: give `heartbeat` a `ping` function.', { fatal: true });
}

/** Looks after `delay` whether anything arrived meanwhile; if not, that is the end. */
function judgeAfter(delay: number, link: Link, scheduler: SchedulerLike, goOn: () => void): Subscription {
  const { received, pauses, paused } = link;
  const due = scheduler.now() + delay;
  let isExtended = false;
  return scheduler.schedule(function (this: SchedulerAction<unknown>) {
    if (!isExtended && scheduler.now() - due > LATE) {
      isExtended = true;
      this.schedule(undefined, GRACE);
      return;
    }
    const couldHear = link.writable !== false && !paused && !link.paused && link.pauses === pauses;
    if (!couldHear || link.received !== received) goOn();
    else link.terminate(new HeartbeatTimeoutError(`The peer gave no sign of life for ${delay} ms.`));
  }, bounded(delay));
}

/** Emits for whatever arrives, and lets it pass; given `isReply`, for replies alone, and consumes them. */
function arrivals(link: Link, isReply?: (data: string | Uint8Array) => boolean): Observable<unknown> {
  return new Observable((subscriber) =>
    link.intercept((data) => {
      if (isReply && !isReply(data)) return false;
      subscriber.next(data);
      return isReply !== undefined;
    }),
  );
}
