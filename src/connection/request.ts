import { catchError, defer, first, forkJoin, map } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { refuse } from '../protocol/arguments.js';
import { HandshakeError } from '../protocol/errors.js';
import { causedBy, toError } from '../protocol/to-error.js';

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

/** Whether something is a URL, or what may be one once it is parsed. */
export const isUrl = (value: unknown): value is string | URL => isText(value) || value instanceof URL;

const PARTS: readonly (readonly [
  name: keyof RequestParts,
  isValue: (value: unknown) => boolean,
  expectation: string,
])[] = [
  ['url', isUrl, 'a string or a URL'],
  ['protocols', (value) => [value].flat().every(isText), 'a string or an array of strings'],
  [
    'headers',
    (value) => (value as object | null)?.constructor === Object && Object.values(value as object).every(isText),
    'an object of strings',
  ],
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
 * Asks for all parts anew, at once; emits one request, synchronously where nothing is awaited. A failure to answer is
 * a failed handshake, fatal where its cause is.
 */
export function askForRequest(parts: RequestParts, context: AttemptContext): Observable<HandshakeRequest> {
  return forkJoin(
    PARTS.map(([name, isValue, expectation]) =>
      defer(() => {
        const part: unknown = parts[name];
        const answer: unknown =
          typeof part === 'function' ? (part as (context: AttemptContext) => unknown)(context) : part;
        return isValue(answer) ? [answer] : (answer as ObservableInput<unknown>);
      }).pipe(
        first(),
        map((answer) => (isValue(answer) ? answer : refuse(name, expectation, typeof answer))), // not quoted: a secret
        catchError((thrown: unknown) => {
          const cause = toError(thrown);
          throw new HandshakeError(`The \`${name}\` factory failed: ${cause.message}`, causedBy(cause));
        }),
      ),
    ),
  ).pipe(
    map(([url, protocols, headers]) => ({
      url: String(url),
      protocols: [protocols as string | string[]].flat(),
      headers: headers as Record<string, string>,
    })),
  );
}
