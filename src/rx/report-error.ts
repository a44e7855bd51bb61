import { throwError } from 'rxjs';

/**
 * Reports an error that nobody handles, as RxJS reports what a subscriber throws: asynchronously, to
 * `config.onUnhandledError` where there is one, else as an uncaught exception.
 */
export function reportError(error: unknown): void {
  throwError(() => error).subscribe();
}
