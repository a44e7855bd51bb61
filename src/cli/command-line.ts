import { validateHeaderName, validateHeaderValue } from 'node:http';
import { parseArgs } from 'node:util';
import type { HeartbeatOptions, RetryWithBackoffOptions, StopOnFatalCloseOptions } from '../index.node.js';
import { LOG_LEVELS } from './log-line.js';
import type { LogLevel } from './log-line.js';

/** The settings of a run. The options of operators are passed on unchanged. */
export interface Settings {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly protocols: string[];
  readonly text: boolean;
  /** The path of a file. Its lines are sent before the lines of stdin. */
  readonly sendFile: string | undefined;
  readonly batch: { readonly count: number; readonly every: number } | undefined;
  readonly logLevel: LogLevel;
  readonly heartbeat: HeartbeatOptions;
  readonly stopOnFatalClose: StopOnFatalCloseOptions;
  readonly retryWithBackoff: RetryWithBackoffOptions;
}

/** A parsed command line. */
export type CommandLine =
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | { readonly action: 'run'; readonly settings: Settings };

/** An invalid command line. The message says what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  batch: { type: 'string' },
  every: { type: 'string' },
  text: { type: 'boolean', default: false },
  header: { type: 'string', multiple: true },
  protocol: { type: 'string', multiple: true },
  heartbeat: { type: 'string' },
  'heartbeat-timeout': { type: 'string' },
  ping: { type: 'string' },
  fatal: { type: 'string' },
  'max-retries': { type: 'string' },
  delays: { type: 'string' },
  'send-file': { type: 'string' },
  'log-level': { type: 'string', default: 'debug' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;

/** A token (RFC 9110 section 5.6.2): the syntax of a subprotocol. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Parses the command line. @throws UsageError if it is invalid */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = split(args);
  if (values.help) return { action: 'help' };
  if (values.version) return { action: 'version' };

  const [url, ...rest] = positionals;
  if (url === undefined) throw new UsageError('The URL is missing.');
  if (rest.length > 0) throw new UsageError(`Expected one URL, got ${positionals.length} arguments.`);
  if (values.every !== undefined && values.batch === undefined) throw new UsageError('--every needs --batch.');

  const { ping } = values;
  const settings: Settings = {
    url: webSocketUrl(url),
    headers: readHeaders(values.header ?? []),
    protocols: readProtocols(values.protocol ?? []),
    text: values.text,
    sendFile: values['send-file'],
    batch:
      values.batch === undefined
        ? undefined
        : { count: whole('--batch', values.batch, 1), every: whole('--every', values.every ?? '1000', 0) },
    logLevel: oneOf('--log-level', values['log-level'], LOG_LEVELS),
    heartbeat: given({
      interval: mapped(values.heartbeat, (value) => whole('--heartbeat', value, 1)),
      timeout: mapped(values['heartbeat-timeout'], (value) => whole('--heartbeat-timeout', value, 1)),
      ping: ping === undefined ? undefined : () => ping,
    }),
    stopOnFatalClose: given({ codes: mapped(values.fatal, (value) => list('--fatal', value, 1000, 4999)) }),
    retryWithBackoff: given({
      maxRetries: mapped(values['max-retries'], (value) => whole('--max-retries', value, 0)),
      delays: mapped(values.delays, (value) => list('--delays', value, 0)),
    }),
  };
  return { action: 'run', settings };
}

function split(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (thrown) {
    throw new UsageError((thrown as Error).message);
  }
}

/** Keeps only the options that were given. The library has the defaults of the others. */
function given<T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

function mapped<T>(value: string | undefined, read: (value: string) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function whole(name: string, value: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new UsageError(`Expected ${name} to be a whole number ${range}, got '${value}'.`);
}

function list(name: string, value: string, least: number, most?: number): number[] {
  return value.split(',').map((item) => whole(name, item.trim(), least, most));
}

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined)
    throw new UsageError(`Expected ${name} to be one of ${choices.join(', ')}, got '${value}'.`);
  return choice;
}

/** The error does not quote the URL, which may hold a password or a token. */
function webSocketUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // WebSocket constructors accept `http:` and `https:` as `ws:` and `wss:`.
  if (!url || !/^(ws|http)s?:$/.test(url.protocol)) {
    throw new UsageError('Expected the URL to begin with ws:// or wss://, and to be valid.');
  }
  if (value.includes('#')) throw new UsageError('Expected the URL to have no fragment (#).');
  return value;
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers = new Map<string, [name: string, value: string]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const value = line.slice(colon + 1).trim();
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      // The value is not quoted, because it is often a secret.
      throw new UsageError(
        `Expected --header to be 'Name: value', got ${name ? `'${name}: …'` : 'a value without a name and a colon'}.`,
      );
    }
    if (headers.has(name.toLowerCase())) throw new UsageError(`The header ${name} was given twice.`);
    headers.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(headers.values());
}

function readProtocols(protocols: readonly string[]): string[] {
  // Not quoted: clients often send a token as a subprotocol, because browsers cannot set headers.
  const wrong = protocols.findIndex((protocol) => !TOKEN.test(protocol));
  if (wrong >= 0) throw new UsageError(`Expected --protocol to be a token, but number ${wrong + 1} is not.`);
  if (new Set(protocols).size < protocols.length) throw new UsageError('A --protocol was given twice.');
  return [...protocols];
}
