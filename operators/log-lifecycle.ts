import { of, tap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { expectFunction, expectObject, expectOneOf, refuse } from '../src/protocol/arguments.js';
import { toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { redactFields } from '../src/logging/redact-fields.js';
import { redactPaths, redactSecrets } from '../src/logging/redact-secrets.js';

/** The types of log entries: one for each lifecycle event, `failed` for an error of the lifecycle, `completed` for its completion. */
export type LoggedType = LifecycleEvent['type'] | 'failed' | 'completed';

/**
 * A logger with the interface of pino or the console: one method per level, which takes fields and then a message. The
 * methods of a winston logger, known by its `log` and its `levels`, are called with the message first.
 */
export interface LifecycleLogger {
  /** Logs details for debugging. */
  debug(fields: object, message: string): void;
  /** Logs normal operation. */
  info(fields: object, message: string): void;
  /** Logs a problem that the connection recovers from. */
  warn(fields: object, message: string): void;
  /** Logs a failure that it does not recover from. */
  error(fields: object, message: string): void;
}

/** Options of {@link logLifecycle}. */
export interface LogLifecycleOptions<L extends LifecycleLogger = LifecycleLogger> {
  /**
   * The level of each type of entry, where it differs from the default: the name of a method of the logger, or `false` to
   * log nothing. @default lifecycleLogLevels
   */
  levels?: Readonly<Partial<Record<LoggedType, (keyof L & string) | false | undefined>>> | undefined;
  /**
   * Removes secrets from a text before it is logged. `key` is the name of the field that holds the text. It is not called
   * for fields that are hidden because of their name. @default redactSecrets
   */
  redact?: ((text: string, key: string) => string) | undefined;
  /**
   * Returns what to log as `payload` for the data of a rejected message. If it is given, the errors of messages are logged
   * in full too. They may quote the message. @default only the length is logged
   */
  payload?: ((data: string | Uint8Array) => unknown) | undefined;
  /** Whether paths of URLs are logged: with `false` they are removed, for servers that have a secret there. @default true */
  path?: boolean | undefined;
}

/** The default levels of {@link logLifecycle}. */
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
 * Logs each lifecycle event with its fields, and the error or completion of the lifecycle. Passes everything on unchanged.
 *
 * ```
 * source:                c--o-----x#
 * logLifecycle(logger):  c--o-----x#
 * logger:                d  i     ie      d: debug, i: info, e: error
 * ```
 *
 * Give it last: `failed` is then logged once, when the run ends with an error. The data of rejected messages is not
 * logged, only its length, and neither is the text of errors that may quote a message. All other texts pass through
 * `redact`. A field of an error is logged as `…` if its name says token, password, cookie or similar.
 *
 * If the logger, `redact` or `payload` throws, the connection goes on. RxJS reports the error, as it reports an error that
 * a subscriber throws (`config.onUnhandledError`). Unsubscribing logs nothing.
 *
 * @throws TypeError or RangeError for a bad option, for example a level for which the logger has no method
 *
 * @example
 * observeWebSocket(url, stopOnFatalClose(), retryWithBackoff(), logLifecycle(pino(), { levels: { heartbeat: 'trace' } }))
 *
 * @see {@link redactSecrets}
 * @see [marble diagram](../docs/operators.md#loglifecycle)
 */
export function logLifecycle<L extends LifecycleLogger>(
  logger: L,
  options: LogLifecycleOptions<L> = {},
): MonoTypeOperatorFunction<LifecycleEvent> {
  expectObject('options', options);
  const { levels = {}, redact = redactSecrets, payload, path = true } = options;
  expectObject('levels', levels);
  expectFunction('redact', redact);
  if (payload !== undefined) expectFunction('payload', payload);
  if (typeof path !== 'boolean') refuse('path', 'a boolean', path);
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
      path ? redact : (text, key) => redactPaths(redact(text, key)),
    );
  };
  const isMessageFirst = hasPlainLevels(logger);

  // One subscriber per entry: RxJS reports what it throws, and the lifecycle goes on.
  const log = (entry: Entry): void => {
    of(entry).subscribe(() => {
      const level = levelOf(entry.type);
      if (level === false) return;
      const line = [fieldsOf(entry), `WebSocket ${entry.type}`];
      logger[level as 'info'](...((isMessageFirst ? line.reverse() : line) as [object, string]));
    });
  };

  return tap<LifecycleEvent>({
    next: log,
    error: (error: unknown) => log({ type: 'failed', error }),
    complete: () => log({ type: 'completed' }),
  });
}

type Entry = LifecycleEvent | { readonly type: 'failed'; readonly error: unknown } | { readonly type: 'completed' };

/** Whether it is a winston logger: pino's `levels` are objects, and the console has none. */
function hasPlainLevels(logger: object): boolean {
  const { log, levels } = logger as { log?: unknown; levels?: unknown };
  if (typeof log !== 'function' || typeof levels !== 'object' || levels === null) return false;
  return Object.values(levels).every((level) => typeof level === 'number');
}
