import {
  doubtfulCloseCodes,
  fatalCloseCodes,
  fatalHandshakeStatuses,
  isConnectionClosedError,
  isHandshakeError,
} from '../../../src/index.node.js';
import type { CloseEvent, LifecycleEvent, ReconnectingEvent } from '../../../src/index.node.js';
import type { Setup } from './steps.js';

/** The defaults of `retryWithBackoff` and of `stopOnFatalClose`. */
const RESET_AFTER = 5000;
const GRACE = 300_000;

/** Complains of retries that are not counted, not waited for or not told as they must be. */
export class RetryGrammar {
  readonly #setup: Setup;
  readonly #now: () => number;
  readonly #complain: (what: string) => void;
  /** Whether it is known what comes next: not to who joined in the middle, or had it start over. */
  #isJudged: boolean;
  #retry = 1;
  #openSince = Infinity;
  #last: LifecycleEvent['type'] | undefined;
  #close: CloseEvent | undefined;

  constructor(setup: Setup, isNew: boolean, now: () => number, complain: (what: string) => void) {
    this.#setup = setup;
    this.#isJudged = isNew && !setup.repeat;
    this.#now = now;
    this.#complain = complain;
  }

  /** The supervision begins anew, untold, and has forgotten how often it has tried. */
  startOver(): void {
    this.#isJudged = false;
  }

  next(event: LifecycleEvent): void {
    const { retry, refresh } = this.#setup;
    const { type } = event;
    if (type === 'open') this.#openSince = this.#now();
    if (type === 'close') {
      this.#close = event;
      if (this.#now() - this.#openSince >= RESET_AFTER) this.#retry = 1;
      this.#openSince = Infinity;
    }
    if (this.#isJudged && retry && !refresh && type === 'connecting' && this.#last === 'close') {
      this.#complain('a retry was not told');
    }
    if (type === 'reconnecting') this.#judge(event);
    if (type !== 'dropped') this.#last = type;
  }

  #judge({ retry, delay, error }: ReconnectingEvent): void {
    if (this.#isJudged && retry !== this.#retry) this.#complain(`retry ${retry} came in place of retry ${this.#retry}`);
    this.#retry = retry + 1;
    const code = isConnectionClosedError(error) ? error.code : undefined;
    const expected = delayOf(retry, code);
    if (delay !== expected) this.#complain(`retry ${retry} after ${code} waits ${delay} ms and not ${expected} ms`);
    const status = isHandshakeError(error) ? error.status : undefined;
    const isInTables = fatalCloseCodes.standard.has(code!) || fatalHandshakeStatuses.has(status!);
    const isDoubtful = doubtfulCloseCodes.has(code!) || (status !== undefined && status !== 401 && status !== 407);
    if (!this.#close) return; // who joined behind it does not know since when there was no healthy connection
    const wasHealthy = (this.#close.sinceHealthy ?? Infinity) <= GRACE;
    if (this.#setup.stop && isInTables && !(isDoubtful && wasHealthy)) this.#complain(`${code ?? status} was retried`);
  }
}

/** With the dice always at one half: see `supervision`. */
function delayOf(retry: number, code: number | undefined): number {
  if (code === 1012) return 17_500;
  const ceiling = Math.min(1000, 10 * 2 ** (retry - 1));
  const floor = Math.min(100, ceiling);
  const least = code === 1013 ? 31_500 : code === 4429 ? 6_500 : 0;
  return Math.max(least, floor + 0.5 * (ceiling - floor));
}
