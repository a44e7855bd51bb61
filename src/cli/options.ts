import { BINARY_FORMS, LOG_LEVELS, SHELLS } from './option-definition.js';
import type { OptionDefinition } from './option-definition.js';

/** All options, in the order of `--help`. */
export const OPTIONS = {
  text: {
    group: 'print',
    help: 'print messages as they are, a line each, with \\n for a line break in them',
  },
  binary: {
    group: 'print',
    value: 'FORM',
    completes: BINARY_FORMS,
    help: 'print every binary message as hex or base64; without it, those that are not text are printed as base64',
  },
  strict: {
    group: 'print',
    help: 'print nothing but valid JSON (with --text: valid UTF-8), and log what is not as rejected',
  },
  batch: {
    group: 'print',
    value: 'COUNT',
    help: 'print batches of at most COUNT messages, a JSON array per line',
  },
  every: {
    group: 'print',
    value: 'MS',
    help: 'with --batch: print a batch after this time at the latest (1000)',
  },
  count: { group: 'print', value: 'N', help: 'close after N messages' },
  'one-message': { group: 'print', short: '1', help: 'the same as --count 1' },

  'on-open': {
    group: 'send',
    short: 'x',
    value: 'LINE',
    multiple: true,
    help: 'send LINE after every connect, before everything else; may be repeated',
  },
  'send-file': {
    group: 'send',
    value: 'FILE',
    completes: 'file',
    help: 'send each line of a file of any size, before stdin',
  },
  'exit-on-eof': {
    group: 'send',
    help: 'close when stdin has ended, everything is sent, and --wait has passed',
  },
  wait: { group: 'send', short: 'w', value: 'MS', help: 'with --exit-on-eof: wait this long for replies (100)' },
  pace: {
    group: 'send',
    value: 'N/MS',
    multiple: true,
    help: 'send at most N messages in any MS milliseconds; may be repeated, and then all hold',
  },

  connect: { group: 'handshake', short: 'c', value: 'URL', help: 'the URL, in place of the argument' },
  header: {
    group: 'handshake',
    short: 'H',
    value: "'K: V'",
    multiple: true,
    help: 'send a header with the handshake; may be repeated',
  },
  protocol: {
    group: 'handshake',
    short: 's',
    value: 'P',
    multiple: true,
    help: 'offer a subprotocol; may be repeated, the preferred one first',
  },
  auth: { group: 'handshake', value: 'USER:PW', help: 'send a user name and a password (HTTP Basic)' },
  origin: { group: 'handshake', short: 'o', value: 'ORIGIN', help: 'send this Origin header' },
  compress: { group: 'handshake', help: 'offer compression (permessage-deflate)' },
  'max-payload': {
    group: 'handshake',
    value: 'BYTES',
    help: 'close if a message is longer (16777216)',
  },
  'connect-timeout': {
    group: 'handshake',
    value: 'MS',
    help: 'give up an attempt to connect after this time (10000)',
  },

  insecure: { group: 'security', short: 'k', help: 'accept any certificate of the server' },
  ca: {
    group: 'security',
    value: 'FILE',
    completes: 'file',
    help: 'trust the authorities in this PEM file, in place of the well-known ones',
  },
  cert: { group: 'security', value: 'FILE', completes: 'file', help: 'the certificate of the client (PEM)' },
  key: { group: 'security', value: 'FILE', completes: 'file', help: 'its key (PEM), if --cert does not hold it' },
  passphrase: { group: 'security', value: 'TEXT', help: 'the passphrase of the key' },
  proxy: {
    group: 'security',
    value: 'URL',
    help: "connect through an HTTP proxy (needs the package https-proxy-agent; default: the environment); '' for none",
  },

  heartbeat: { group: 'alive', value: 'MS', help: 'send a ping this often (20000)' },
  'heartbeat-timeout': {
    group: 'alive',
    value: 'MS',
    help: 'end the connection if nothing arrives for this long after a ping (10000)',
  },
  ping: { group: 'alive', value: 'TEXT', help: 'send this message as the ping, instead of a ping frame' },
  pong: {
    group: 'alive',
    value: 'TEXT',
    help: 'with --ping: do not print this reply (pong, in any case)',
  },
  fatal: {
    group: 'alive',
    value: 'CODES',
    help: 'do not retry after these close codes (example: 1008,4401); replaces the standard table',
  },
  'max-retries': {
    group: 'alive',
    value: 'N',
    help: 'stop after this many failures in a row (no limit)',
  },
  delays: {
    group: 'alive',
    value: 'MS,MS,...',
    help: 'wait this long before each retry, instead of backing off; stop after the last one',
  },
  'no-reconnect': { group: 'alive', help: 'do not retry: the same as --max-retries 0' },

  'log-level': {
    group: 'log',
    value: 'LEVEL',
    completes: LOG_LEVELS,
    help: 'log on stderr: debug (everything), info, warn (problems), error (failures only), silent (nothing) (debug; info at a prompt)',
  },
  quiet: { group: 'log', short: 'q', help: 'the same as --log-level error; at a prompt, no status line' },
  'show-pings': { group: 'log', short: 'P', help: 'log every ping and pong frame that arrives' },
  record: {
    group: 'log',
    value: 'FILE',
    completes: 'file',
    help: 'write what happens to a file that tests can play (recorded, of rxwire/testing); secrets are taken out',
  },

  completion: {
    group: 'about',
    value: 'SHELL',
    completes: SHELLS,
    help: 'print the completion script for bash, zsh or fish',
  },
  help: { group: 'about', short: 'h', help: 'print this help' },
  version: { group: 'about', short: 'v', help: 'print the version' },
} as const satisfies Readonly<Record<string, OptionDefinition>>;

/** The name of an option, without its dashes. */
export type OptionName = keyof typeof OPTIONS;

type ValueOf<O> = O extends { readonly value: string }
  ? O extends { readonly multiple: true }
    ? readonly string[]
    : string
  : true;

/** What was given on a command line: texts, and `true` for switches. */
export type OptionValues = { readonly [K in OptionName]?: ValueOf<(typeof OPTIONS)[K]> };

/** The options as a list. */
export const optionList = Object.entries(OPTIONS) as readonly (readonly [OptionName, OptionDefinition])[];
