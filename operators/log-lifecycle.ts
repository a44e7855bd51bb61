import { of, tap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { expectFunction, expectObject, expectOneOf } from '../src/protocol/arguments.js';
import { toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { redactFields } from '../src/logging/redact-fields.js';
import { redactSecrets } from '../src/logging/redact-secrets.js';

/** What can be logged: every lifecycle event, and how the lifecycle ended, with an error or without. */
export type LoggedType = LifecycleEvent['type'] | 'failed' | 'completed';

/** A logger of pino's or the console's shape: a method a level, to be given fields and then a message. */
export interface LifecycleLogger {
  /** Logs what is of use while one looks for something. */
  debug(fields: object, message: string): void;
  /** Logs what is as it should be. */
  info(fields: object, message: string): void;
  /** Logs what mends itself. */
  warn(fields: object, message: string): void;
  /** Logs what does not. */
  error(fields: object, message: string): void;
}

/** What {@link logLifecycle} can be given. */
export interface LogLifecycleOptions<L extends LifecycleLogger = LifecycleLogger> {
  /** Levels by what is logged, where they are to differ: names of the logger's methods; `false` logs nothing. @default lifecycleLogLevels */
  levels?: Readonly<Partial<Record<LoggedType, (keyof L & string) | false | undefined>>> | undefined;
  /**
   * Takes the secrets out of every text that is logged, but for those that are hidden because of their key; `key` is the
   * one that the text stands under. @default redactSecrets
   */
  redact?: ((text: string, key: string) => string) | undefined;
  /**
   * What to log of the data of a rejected message, as `payload`; then the errors of messages are logged whole too,
   * which may quote them. @default nothing but their length
   */
  payload?: ((data: string | Uint8Array) => unknown) | undefined;
}

/** The levels that {@link logLifecycle} logs at. */
export const lifecycleLogLevels: Readonly<Record<LoggedType, keyof LifecycleLogger>> = {
  connecting: 'debug',
  open: 'info',
  heartbeat: 'debug',
  rejected: 'warn',
  dropped: 'warn',
  error: 'warn',
  close: 'info',
  reconnecting: 'warn',
  failed: 'error',
  completed: 'info',
};

/**
 * Logs the lifecycle: the type of each event and its fields, and how it ended. Everything passes unchanged.
 *
 * ```
 * source:                c--o-----x#
 * logLifecycle(logger):  c--o-----x#
 * logger:                d  i     ie      d: debug, i: info, e: error
 * ```
 *
 * Give it last, and `failed` is logged once, where the connection has failed for good. Payloads are not logged, only
 * their length; nor are the messages of errors that may quote one. Other texts go through `redact`, and of the fields of
 * your own errors what is called a token, a password, a cookie and the like is logged as `…`, whatever it is.
 *
 * What the logger, `redact` or `payload` throw does not touch the connection: RxJS reports it, as it does what any
 * subscriber throws (`config.onUnhandledError`). Unsubscribing logs nothing.
 *
 * @throws TypeError or RangeError for a bad option, a level that the logger has no method for say
 *
 * @example
 * observeWebSocket(url, stopOnFatalClose(), retryWithBackoff(), logLifecycle(pino(), { levels: { heartbeat: 'trace' } }))
 *
 * @see {@link redactSecrets}
 * @see [drawn from a run](../docs/operators.md#loglifecycle)
 */
export function logLifecycle<L extends LifecycleLogger>(
  logger: L,
  options: LogLifecycleOptions<L> = {},
): MonoTypeOperatorFunction<LifecycleEvent> {
  expectObject('options', options);
  const { levels = {}, redact = redactSecrets, payload } = options;
  expectObject('levels', levels);
  expectFunction('redact', redact);
  if (payload !== undefined) expectFunction('payload', payload);
  const types = Object.keys(lifecycleLogLevels) as LoggedType[];
  for (const type of Object.keys(levels)) expectOneOf('levels', type, ...types);
  const levelOf = (type: LoggedType) => levels[type] ?? lifecycleLogLevels[type];
  for (const level of types.map(levelOf)) {
    if (level !== false) expectFunction(`logger.${level}`, (logger as LifecycleLogger | null)?.[level as 'info']);
  }

  const fieldsOf = (entry: Entry): object => {
    const isOfMessage = entry.type === 'rejected' || entry.type === 'dropped';
    return redactFields(
      {
        ...entry,
        link: undefined,
        ...('data' in entry && { data: undefined, length: entry.data.length, payload: payload?.(entry.data) }),
        ...('error' in entry && {
          error: isOfMessage && !payload ? { name: toError(entry.error).name } : toError(entry.error),
        }),
      },
      redact,
    );
  };

  // A subscriber of its own for each entry: what it throws, RxJS reports, and the lifecycle goes on.
  const log = (entry: Entry): void => {
    of(entry).subscribe(() => {
      const level = levelOf(entry.type);
      if (level !== false) logger[level as 'info'](fieldsOf(entry), `WebSocket ${entry.type}`);
    });
  };

  return tap<LifecycleEvent>({
    next: log,
    error: (error: unknown) => log({ type: 'failed', error }),
    complete: () => log({ type: 'completed' }),
  });
}

type Entry = LifecycleEvent | { readonly type: 'failed'; readonly error: unknown } | { readonly type: 'completed' };
