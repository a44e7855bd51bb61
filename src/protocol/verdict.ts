/*
 * How an end becomes a decision.
 *
 *   final      means the same from every sender: no retry
 *   doubtful   is also sent in passing: no retry, unless the connection was healthy a short time ago
 *   passing    a retry, not before `leastWait`, and with `spreadAbove` it
 *
 * The tables of codes and statuses are in fatal-codes.ts. The operators read both, and know no code by themselves.
 */

import { isConnectionClosedError, isHandshakeError, isSetupError, isWebSocketError } from './error-guards.js';
import { isWait } from './errors.js';
import { fieldOf } from './field-of.js';

/** How an end is judged. */
export type Verdict = 'final' | 'doubtful' | 'passing';

/** Chooses numbers: those in a table, some of which are doubtful, or those of which a predicate says so. */
export interface Chooser {
  /** Whether the number is chosen. */
  readonly has: (value: number, error: Error) => boolean;
  /** Absent where a predicate chooses: its word is final. */
  readonly isDoubtful: ((value: number) => boolean) | undefined;
}

/** The numbers of an error that verdicts go by. */
export interface ErrorNumbers {
  /** A close code. */
  readonly code: number | undefined;
  /** The HTTP status of a refusal. */
  readonly status: number | undefined;
}

/** A restart: its registration asks for a random wait (IANA registry "WebSocket Close Code Number"). */
const RESTART = 1012;

/** The least that is waited after a close code, in milliseconds. */
const LEAST_AFTER_CODE: Readonly<Record<number, number>> = {
  [RESTART]: 5_000,
  1013: 30_000, // try again later: overloaded
  4429: 5_000, // too many requests
};

/**
 * A floor is spread over so many milliseconds, or over a tenth of itself: of 1000 clients 50 or so come within 100
 * ms.
 */
const LEAST_SPREAD = 3_000;
const SPREAD_AFTER_RESTART = 25_000;

/** Of a set-up that failed what it failed with, else the error itself. */
function carrierOf(error: unknown): unknown {
  return isSetupError(error) ? error.cause : error;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The code or the status of any error; of a `SetupError` that of its cause. */
export function numbersOf(error: unknown): ErrorNumbers {
  const carrier = carrierOf(error);
  return { code: numberOf(fieldOf(carrier, 'code')), status: numberOf(fieldOf(carrier, 'status')) };
}

/** The same, of the ends of connections alone: another error's `code` is not a close code. */
function numbersOfEnd(error: unknown): Partial<ErrorNumbers> {
  return isConnectionClosedError(error) || isHandshakeError(error) || isSetupError(error) ? numbersOf(error) : {};
}

/** What a server asked for, in milliseconds: of a `WebSocketError`, or of the cause of a `SetupError`. */
export function retryAfterOf(error: unknown): number | undefined {
  if (!isWebSocketError(error)) return undefined;
  const retryAfter = fieldOf(carrierOf(error), 'retryAfter');
  if (isWait(error.retryAfter)) return error.retryAfter;
  return isWait(retryAfter) ? retryAfter : undefined;
}

/**
 * The least that is waited after an end, in milliseconds: the error's `retryAfter`, 5 s after close code 1012 or 4429,
 * 30 s after 1013, and of two the longer; `undefined` where nothing is known. The default of `retryWithBackoff`'s
 * `waitAfter`.
 *
 * @example
 * retryWithBackoff({ waitAfter: (error) => (isConnectTimeoutError(error) ? 10_000 : leastWait(error)) })
 */
export function leastWait(error: unknown): number | undefined {
  const asked = retryAfterOf(error);
  const least = LEAST_AFTER_CODE[numbersOfEnd(error).code!];
  return asked === undefined ? least : Math.max(asked, least ?? 0);
}

/** Over how many milliseconds retries are spread above a floor, so that clients told the same do not come together. */
export function spreadAbove(floor: number, error: unknown): number {
  return Math.max(isRestart(error) ? SPREAD_AFTER_RESTART : LEAST_SPREAD, floor / 10);
}

/** Whether the server said that it restarts. */
export function isRestart(error: unknown): boolean {
  return numbersOfEnd(error).code === RESTART;
}

/**
 * Judges the end of a connection. An end that says when to come back is never fatal by a table; a predicate is asked
 * all the same, and what it chooses is final.
 */
export function verdictOn(error: unknown, codes: Chooser, statuses: Chooser): Verdict {
  const { code, status } = numbersOfEnd(error);
  const isInvited = retryAfterOf(error) !== undefined;
  let verdict: Verdict = 'passing';
  const judge = (value: number | undefined, { has, isDoubtful }: Chooser) => {
    if (value === undefined || (isInvited && isDoubtful) || !has(value, error as Error)) return;
    if (!isDoubtful?.(value)) verdict = 'final';
    else if (verdict === 'passing') verdict = 'doubtful';
  };

  judge(code, codes);
  judge(status, statuses);
  return verdict;
}
