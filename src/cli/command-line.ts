import { atMost } from '../index.node.js';
import { feedUrl, isUnix } from './feed-url.js';
import { readAuth, readHeaders, readOrigin, readProtocols } from './handshake-values.js';
import { BINARY_FORMS, LOG_LEVELS, SHELLS } from './option-definition.js';
import type { OptionValues } from './options.js';
import { given, list, mapped, needs, notBoth, oneOf, ratio, whole } from './option-values.js';
import { parseOptions } from './parse-options.js';
import type { LineForm, LogLevel, Settings } from './settings.js';
import { UsageError } from './usage-error.js';

/** A parsed command line. */
export type CommandLine =
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | { readonly action: 'completion'; readonly shell: (typeof SHELLS)[number] }
  | { readonly action: 'run'; readonly settings: Settings };

/** The reply to a ping that is a message, unless `--pong` names another. */
const PONG = /^\s*pong\s*$/i;

/** Parses the command line. @throws UsageError if it is invalid */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseOptions(args);
  if (values.help) return { action: 'help' };
  if (values.version) return { action: 'version' };
  if (values.completion !== undefined) {
    return { action: 'completion', shell: oneOf('--completion', values.completion, SHELLS) };
  }
  const url = readUrl(values.connect, positionals);
  checkTogether(values, url);
  return { action: 'run', settings: settingsOf(values, url) };
}

function readUrl(connect: string | undefined, positionals: readonly string[]): string {
  const urls = [...(connect === undefined ? [] : [connect]), ...positionals];
  const [url] = urls;
  if (url === undefined) throw new UsageError('The URL is missing.');
  if (urls.length > 1) throw new UsageError(`Expected one URL, got ${urls.length} arguments.`);
  return feedUrl(url);
}

function checkTogether(values: OptionValues, url: string): void {
  needs('--every', values.every, '--batch', values.batch);
  needs('--wait', values.wait, '--exit-on-eof', values['exit-on-eof']);
  needs('--pong', values.pong, '--ping', values.ping);
  needs('--key', values.key, '--cert', values.cert);
  needs('--passphrase', values.passphrase, '--cert', values.cert);
  notBoth('--quiet', values.quiet, '--log-level', values['log-level']);
  notBoth('--one-message', values['one-message'], '--count', values.count);
  notBoth('--no-reconnect', values['no-reconnect'], '--max-retries', values['max-retries']);
  notBoth('--no-reconnect', values['no-reconnect'], '--delays', values.delays);
  if (values.proxy && isUnix(url)) throw new UsageError('--proxy and the URL of a Unix socket exclude each other.');
}

function settingsOf(values: OptionValues, url: string): Settings {
  const headers = readHeaders(values.header ?? []);
  return {
    url,
    headers: { ...headers, ...readAuth(values.auth, headers) },
    protocols: readProtocols(values.protocol ?? []),
    origin: mapped(values.origin, readOrigin),
    compress: values.compress ?? false,
    maxPayload: mapped(values['max-payload'], (value) => whole('--max-payload', value, 1)),
    connectTimeout: mapped(values['connect-timeout'], (value) => whole('--connect-timeout', value, 1)),
    security: {
      insecure: values.insecure ?? false,
      ca: values.ca,
      cert: values.cert,
      key: values.key,
      passphrase: values.passphrase,
      proxy: values.proxy,
    },
    form: readForm(values),
    sendFile: values['send-file'],
    onOpen: values['on-open'] ?? [],
    exitAfter: values['exit-on-eof'] && whole('--wait', values.wait ?? '100', 0),
    pace: (values.pace ?? []).map((value) => atMost(...ratio('--pace', value))),
    batch: mapped(values.batch, (value) => ({
      count: whole('--batch', value, 1),
      every: whole('--every', values.every ?? '1000', 0),
    })),
    count: values['one-message'] ? 1 : mapped(values.count, (value) => whole('--count', value, 1)),
    logLevel: readLogLevel(values),
    quiet: values.quiet ?? false,
    showPings: values['show-pings'] ?? false,
    record: values.record,
    ...readSupervision(values),
  };
}

function readForm({ text, strict, binary, ping, pong }: OptionValues): LineForm {
  return {
    text: text ?? false,
    strict: strict ?? false,
    binary: mapped(binary, (value) => oneOf('--binary', value, BINARY_FORMS)),
    pong: ping === undefined ? undefined : (pong ?? PONG),
  };
}

function readLogLevel({ quiet, 'log-level': level }: OptionValues): LogLevel | undefined {
  return quiet ? 'error' : mapped(level, (value) => oneOf('--log-level', value, LOG_LEVELS));
}

function readSupervision(values: OptionValues): Pick<Settings, 'heartbeat' | 'stopOnFatalClose' | 'retryWithBackoff'> {
  const maxRetries = values['no-reconnect'] ? '0' : values['max-retries'];
  return {
    heartbeat: given({
      interval: mapped(values.heartbeat, (value) => whole('--heartbeat', value, 1)),
      timeout: mapped(values['heartbeat-timeout'], (value) => whole('--heartbeat-timeout', value, 1)),
      ping: mapped(values.ping, (text) => () => text),
    }),
    stopOnFatalClose: given({ codes: mapped(values.fatal, (value) => list('--fatal', value, 1000, 4999)) }),
    retryWithBackoff: given({
      maxRetries: mapped(maxRetries, (value) => whole('--max-retries', value, 0)),
      delays: mapped(values.delays, (value) => list('--delays', value, 0)),
    }),
  };
}
