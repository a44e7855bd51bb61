import type { SchedulerLike, TimestampProvider } from 'rxjs';
import { expectNumber } from '../protocol/arguments.js';
import { monotonicNow } from '../rx/monotonic-now.js';
import type { LinesHost } from './sending-lines.js';
import { SendingLines } from './sending-lines.js';

/** How many messages may be sent in what time; made by {@link atMost}. */
export interface Pace {
  /** How many. */
  readonly messages: number;
  /** In any window of so many milliseconds. */
  readonly per: number;
  /** Begins to count. @internal */
  meter(clock: TimestampProvider): Meter;
  /** The lines that one connection's messages wait in, by all paces that hold. @internal */
  lines(paces: readonly Pace[], scheduler: SchedulerLike, host: LinesHost): SendingLines;
}

/** Wires are uneven: what leaves here in one window may arrive in a shorter one. */
const WIDENED_BY = 0.1;
const WIDENED_AT_MOST = 100;

/** Counts what is sent, and says when more may be. */
export class Meter {
  readonly #clock: TimestampProvider;
  readonly #window: number;
  readonly #messages: number;
  /** When the last ones were sent: a ring. */
  readonly #times: number[] = [];
  #oldest = 0;

  constructor({ messages, per }: Pick<Pace, 'messages' | 'per'>, clock: TimestampProvider) {
    this.#clock = clock;
    this.#messages = messages;
    this.#window = per + Math.min(per * WIDENED_BY, WIDENED_AT_MOST);
  }

  /** Milliseconds until the next one may be sent, if `more` are sent before it as soon as they may. */
  wait(more = 0): number {
    const now = monotonicNow(this.#clock);
    const rounds = Math.floor(more / this.#messages);
    const since = this.#times[(this.#oldest + (more % this.#messages)) % this.#messages];
    const first = since === undefined ? 0 : Math.max(0, since + this.#window - now);
    return rounds ? first + rounds * this.#window : first; // 0 · Infinity is NaN
  }

  count(): void {
    if (this.#messages === Infinity) return; // a ring without an end
    this.#times[this.#oldest] = monotonicNow(this.#clock);
    this.#oldest = (this.#oldest + 1) % this.#messages;
  }
}

/**
 * At most so many messages in any window of so many milliseconds, on each connection: for servers that end connections
 * which send more. What is over waits; pings and pongs count and do not wait. The window is kept a tenth longer, at most
 * 100 ms, because wires are uneven.
 *
 * @param messages how many
 * @param per milliseconds
 * @throws TypeError or RangeError for a bad argument
 *
 * @example
 * observeWebSocket({ url, pace: [atMost(5, 1000), atMost(100, 60_000)] }, heartbeat(), retryWithBackoff())
 */
export function atMost(messages: number, per: number): Pace {
  expectNumber('messages', messages, 1, true);
  expectNumber('per', per, 1);
  const pace: Pace = {
    messages,
    per,
    meter: (clock) => new Meter(pace, clock),
    lines: (paces, scheduler, host) =>
      new SendingLines(
        paces.map((each) => each.meter(scheduler)),
        scheduler,
        host,
      ),
  };
  return pace;
}
