import type { HeartbeatOptions, Pace, RetryWithBackoffOptions, StopOnFatalCloseOptions } from '../index.node.js';
import type { BINARY_FORMS, LOG_LEVELS } from './option-definition.js';

/** The lowest level that is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How binary messages are printed. */
export type BinaryForm = (typeof BINARY_FORMS)[number];

/** How messages become lines. */
export interface LineForm {
  /** Messages are lines as they are; else lines of JSON. */
  readonly text: boolean;
  /** What is not of that form is refused. */
  readonly strict: boolean;
  /** The form of binary messages; `undefined`: those that are text are printed as text. */
  readonly binary: BinaryForm | undefined;
  /** The reply to `--ping`, which is not shown: this text, or `pong` in any case. `undefined` without `--ping`. */
  readonly pong: string | RegExp | undefined;
}

/** Files and the proxy of the connection. */
export interface Security {
  readonly insecure: boolean;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly passphrase: string | undefined;
  /** `undefined`: the environment says; empty: none. */
  readonly proxy: string | undefined;
}

/** The settings of a run. The options of operators are passed on unchanged. */
export interface Settings {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly protocols: string[];
  readonly origin: string | undefined;
  readonly compress: boolean;
  readonly maxPayload: number | undefined;
  readonly connectTimeout: number | undefined;
  readonly security: Security;
  readonly form: LineForm;
  /** The path of a file. Its lines are sent before the lines of stdin. */
  readonly sendFile: string | undefined;
  /** Sent after every connect. */
  readonly onOpen: readonly string[];
  /** Milliseconds from the end of stdin, when everything has been sent, to the close. */
  readonly exitAfter: number | undefined;
  readonly pace: readonly Pace[];
  readonly batch: { readonly count: number; readonly every: number } | undefined;
  /** How many messages are printed. */
  readonly count: number | undefined;
  /** `undefined`: the default, which depends on the terminal. */
  readonly logLevel: LogLevel | undefined;
  /** Failures alone are logged, and there is no status line. */
  readonly quiet: boolean;
  readonly showPings: boolean;
  /** The path of the file that is written. */
  readonly record: string | undefined;
  readonly heartbeat: HeartbeatOptions;
  readonly stopOnFatalClose: StopOnFatalCloseOptions;
  readonly retryWithBackoff: RetryWithBackoffOptions;
}
