import { catchError, first, forkJoin, from, isObservable, map, of, tap, throwError } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { refuse } from '../protocol/arguments.js';
import { HandshakeError } from '../protocol/errors.js';
import { isThenable } from '../protocol/is-thenable.js';
import { sentenceOf } from '../protocol/sentence-of.js';
import { causedBy, toError } from '../protocol/to-error.js';
import { absoluteUrl } from './absolute-url.js';

/** What the functions for url, protocols and headers are given. */
export interface AttemptContext {
  /** As in its `connecting` event. */
  readonly attempt: number;
  /**
   * How many attempts were made since the last healthy connection, over all runs; those that `reconnect()` ended do not
   * count. 0 at first: `hosts[failures % hosts.length]`.
   */
  readonly failures: number;
  /** What the attempt before this one ended with; absent where we ended it. */
  readonly error?: Error;
  /** As in its `connecting` event. */
  readonly sinceHealthy?: number;
}

/** A value, or a function that is asked for it before every attempt. What fails or completes empty fails the attempt. */
export type PerAttempt<T> = T | ((context: AttemptContext) => T | ObservableInput<T>);

/** What every attempt asks for. */
export interface RequestParts {
  readonly url: PerAttempt<string | URL>;
  readonly protocols: PerAttempt<string | string[]>;
  readonly headers: PerAttempt<Record<string, string>>;
}

/** What one attempt connects with. */
export interface HandshakeRequest {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Whether something is a URL, of whatever realm, or what may be one once it is parsed. */
export const isUrl = (value: unknown): value is string | URL =>
  isText(value) || value instanceof URL || Object.prototype.toString.call(value) === '[object URL]';

/** Whether something has a prototype that makes it an object and nothing more, of whatever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Any object of texts; not what may be waited for, nor a list. One without a field is none unless it is plain: a
 * `Headers`, a Map, a stream and a Promise keep elsewhere what they hold.
 */
function isHeaders(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (isThenable(value) || 'subscribe' in value || Symbol.asyncIterator in value) return false;
  const texts: unknown[] = Object.values(value);
  return texts.every(isText) && (texts.length > 0 || isPlain(value));
}

type Part = readonly [name: keyof RequestParts, isValue: (value: unknown) => boolean, expectation: string];

const PARTS: readonly Part[] = [
  ['url', isUrl, 'a string or a URL'],
  ['protocols', (value) => [value].flat().every(isText), 'a string or an array of strings'],
  ['headers', isHeaders, 'an object of strings'],
];

/** @throws TypeError for what is neither a value nor a function */
export function expectParts(parts: RequestParts): void {
  for (const [name, isValue, expectation] of PARTS) {
    const part = parts[name];
    if (typeof part !== 'function' && !isValue(part))
      refuse(name, `${expectation}, or a function that returns it`, isText(part) ? typeof part : part); // not quoted: a secret
  }
}

/**
 * Asks for all parts anew, at once. A failure to answer is a failed handshake, fatal where its cause is; an answer of the
 * wrong type is fatal.
 *
 * @returns the request, or where something is awaited or has failed an Observable of it: RxJS takes longer for three
 * values than everything else that an attempt does
 */
export function askForRequest(
  parts: RequestParts,
  context: AttemptContext,
): HandshakeRequest | Observable<HandshakeRequest> {
  const answers = PARTS.map((part) => ask(part, parts, context));
  if (answers.some(isObservable)) {
    return forkJoin(answers.map((answer) => (isObservable(answer) ? answer : of(answer)))).pipe(map(requestOf));
  }
  try {
    return requestOf(answers);
  } catch (thrown) {
    return throwError(() => thrown); // by a URL of the user's making
  }
}

/** @returns the answer, or an Observable of it */
function ask([name, isValue, expectation]: Part, parts: RequestParts, context: AttemptContext): unknown {
  const part: unknown = parts[name];
  let answer: unknown;
  try {
    answer = typeof part === 'function' ? (part as (context: AttemptContext) => unknown)(context) : part;
    if (isValue(answer)) return answer;
  } catch (thrown) {
    return throwError(() => failure(name, toError(thrown)));
  }
  return awaited(answer).pipe(
    first(),
    catchError((thrown: unknown) => {
      throw failure(name, toError(thrown));
    }),
    tap((value) => {
      if (!isValue(value)) throw failure(name, wrongType(name, expectation, value), true);
    }),
  );
}

function requestOf([url, protocols, headers]: unknown[]): HandshakeRequest {
  return {
    url: absoluteUrl(String(url)),
    protocols: [protocols as string | string[]].flat(),
    headers: headers as Record<string, string>,
  };
}

/** What can be waited for, and as it is what cannot. */
function awaited(answer: unknown): Observable<unknown> {
  try {
    return from(answer as ObservableInput<unknown>);
  } catch {
    return of(answer);
  }
}

function failure(name: string, cause: Error, fatal = causedBy(cause).fatal): HandshakeError {
  return new HandshakeError(`The \`${name}\` factory failed: ${sentenceOf(cause)}`, { ...causedBy(cause), fatal });
}

/** Not quoted: it may be a secret. */
function wrongType(name: string, expectation: string, answer: unknown): TypeError {
  return new TypeError(`Expected \`${name}\` to be ${expectation}, got ${typeof answer}.`);
}
