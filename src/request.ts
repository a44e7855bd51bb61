import { catchError, defer, first, forkJoin, from, map, of } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { refuse } from './arguments.js';
import { isHeaders, isProtocols, isUrl } from './config.js';
import type { PerAttempt, ResolvedConfig } from './config.js';
import { HandshakeError, isWebSocketError, toError } from './errors.js';

/** What one attempt connects with. */
export interface HandshakeRequest {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks for one part of the request. A failure to answer is a failed handshake, fatal where its cause is. */
function ask<T>(name: string, source: PerAttempt<T>, isAnswer: (answer: unknown) => answer is T): Observable<T> {
  return defer(() => {
    const answer = typeof source === 'function' ? (source as () => T | ObservableInput<T>)() : source;
    return isAnswer(answer) ? of(answer) : from(answer).pipe(first());
  }).pipe(
    map((answer) => {
      return isAnswer(answer) ? answer : refuse(name, 'what can be sent', typeof answer);
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
  return forkJoin([
    ask('url', url, isUrl),
    ask('protocols', protocols, isProtocols),
    ask('headers', headers, isHeaders),
  ]).pipe(map(([url, protocols, headers]) => ({ url: String(url), protocols: [protocols].flat(), headers })));
}
