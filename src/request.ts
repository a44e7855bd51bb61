import { catchError, combineLatest, defer, from, map, of, take, throwIfEmpty } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { wrongType } from './arguments.js';
import { isHeaders, isProtocols, isUrl } from './config.js';
import type { PerAttempt, ResolvedConfig } from './config.js';
import { HandshakeError, isWebSocketError, toError } from './errors.js';

/** What one attempt connects with. */
export interface HandshakeRequest {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a factory's answer has still to be waited for. Arrays and strings are values, though iterable. */
function isPending<T>(answer: T | ObservableInput<T>): answer is ObservableInput<T> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return false;
  const { then, subscribe } = answer as { then?: unknown; subscribe?: unknown };
  return (
    typeof then === 'function' ||
    typeof subscribe === 'function' ||
    Symbol.asyncIterator in answer ||
    Symbol.iterator in answer
  );
}

/** Asks for one part of the request. A failure to answer is a failed handshake, fatal where its cause is. */
function ask<T>(name: string, source: PerAttempt<T>, isAnswer: (answer: unknown) => answer is T): Observable<T> {
  return defer(() => {
    const answer = typeof source === 'function' ? (source as () => T | ObservableInput<T>)() : source;
    return isPending(answer) ? from(answer).pipe(take(1), throwIfEmpty()) : of(answer);
  }).pipe(
    map((answer) => {
      if (!isAnswer(answer)) throw wrongType(name, 'given by its factory in a form that can be sent', answer);
      return answer;
    }),
    catchError((thrown: unknown) => {
      const cause = toError(thrown);
      const { fatal, retryAfter } = isWebSocketError(cause) ? cause : {};
      throw new HandshakeError(`The \`${name}\` factory failed: ${cause.message}`, { cause, fatal, retryAfter });
    }),
  );
}

/** Asks for url, protocols and headers anew, all at once; emits one request, synchronously where nothing is awaited. */
export function askForRequest({ url, protocols, headers }: ResolvedConfig<never, never>): Observable<HandshakeRequest> {
  return combineLatest([
    ask('url', url, isUrl),
    ask('protocols', protocols, isProtocols),
    ask('headers', headers, isHeaders),
  ]).pipe(
    take(1),
    map(([url, protocols, headers]) => ({
      url: String(url),
      protocols: typeof protocols === 'string' ? [protocols] : protocols,
      headers,
    })),
  );
}
