import { inspect } from 'node:util';
import { lifecycleLogLevels } from '../index.node.js';
import type { CloseEvent, ConnectionStats, LifecycleEvent } from '../index.node.js';
import { escapeControls } from './escape-controls.js';
import { withHint } from './hint.js';
import { LOG_LEVELS } from './option-definition.js';
import { payloadText } from './payload-text.js';
import type { LogLevel } from './settings.js';

/** One line of the log on stderr: a label and a text. */
export interface LogLine {
  readonly label: LifecycleEvent['type'] | 'ping' | 'pong' | 'stdin' | 'summary' | 'ended' | 'failed';
  readonly text: string;
}

/** The numbers of a run, for its summary. */
export interface RunCounts {
  readonly stats: ConnectionStats;
  readonly retries: number;
  /** `undefined` without `--batch`. */
  readonly batches: number | undefined;
}

/**
 * The last line.
 *
 * @param proxy the host of the proxy, if there is one
 */
export function lastLine(failure: Error | undefined, proxy?: string): LogLine {
  return failure ? { label: 'failed', text: withHint(failure, proxy) } : { label: 'ended', text: 'closed as asked' };
}

/** The log line of a ping or pong frame of the peer. */
export function frameLine(label: 'ping' | 'pong', payload: unknown): LogLine {
  const text = payloadText(payload);
  return { label, text: text === '' ? 'of the peer' : `of the peer: ${text}` };
}

/**
 * The log line of a lifecycle event.
 *
 * @param proxy the host of the proxy, if there is one
 */
export function lineFor(event: LifecycleEvent, proxy?: string): LogLine {
  return { label: event.type, text: describe(event, proxy) };
}

function describe(event: LifecycleEvent, proxy: string | undefined): string {
  switch (event.type) {
    case 'connecting':
      return `attempt ${event.attempt}`;
    case 'open':
      return event.protocol ? `${event.url}, subprotocol ${event.protocol}` : event.url;
    case 'heartbeat':
      return `answered in ${duration(event.latency)}`;
    case 'rejected':
      return withHint(event.error);
    case 'dropped':
      return `${count(event.count, 'message')} not sent: ${event.error?.message ?? event.reason}`;
    case 'error':
      return event.error.message.trim();
    case 'close':
      return describeClose(event);
    case 'reconnecting':
      return `retry ${event.retry} in ${duration(event.delay)}: ${withHint(event.error, proxy)}`;
  }
}

function describeClose({ code, reason, wasClean, initiator }: CloseEvent): string {
  const how = wasClean
    ? `by ${initiator === 'local' ? 'us' : 'the peer'}`
    : initiator === 'local'
      ? 'terminated by us'
      : 'without a Close frame';
  return `${code}${reason && ` (${reason})`} ${how}`;
}

/** The last line but one. */
export function summary({ stats, retries, batches }: RunCounts): LogLine {
  const reconnects = `${count(Math.max(0, stats.opens - 1), 'reconnect')} (${count(retries, 'retry', 'retries')})`;
  const parts = [
    `${stats.received} received`,
    ...(batches === undefined ? [] : [count(batches, 'batch', 'batches')]),
    reconnects,
    `${stats.rejected} rejected`,
  ];
  return { label: 'summary', text: parts.join(', ') };
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** A duration for people. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const COLOURS: Record<LogLine['label'], 'cyan' | 'green' | 'magenta' | 'red' | 'yellow'> = {
  connecting: 'cyan',
  open: 'green',
  heartbeat: 'magenta',
  rejected: 'red',
  dropped: 'red',
  error: 'red',
  close: 'yellow',
  reconnecting: 'cyan',
  ping: 'magenta',
  pong: 'magenta',
  stdin: 'red',
  summary: 'green',
  ended: 'green',
  failed: 'red',
};

const levels: Record<LogLine['label'], LogLevel> = {
  ...lifecycleLogLevels,
  ping: 'info', // asked for
  pong: 'info',
  stdin: 'error',
  summary: 'info',
  ended: 'info',
};

/** Whether a line is logged at this log level. */
export function isLogged({ label }: LogLine, lowest: LogLevel): boolean {
  return LOG_LEVELS.indexOf(levels[label]) >= LOG_LEVELS.indexOf(lowest);
}

/** Whether to write in colour: only to a terminal with colours, and not if `NO_COLOR` (https://no-color.org) is set. */
export function wantsColour(
  stream: { readonly isTTY?: boolean; hasColors?(): boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env.NO_COLOR && stream.hasColors?.() === true;
}

/** Formats a line in two columns. */
export function formatLine({ label, text }: LogLine, inColour: boolean): string {
  // util.styleText would check stdout for colours, not stderr, and needs Node 20.12.
  const [on, off] = inspect.colors[COLOURS[label]]!;
  const shown = inColour ? `\x1b[${on}m${label}\x1b[${off}m` : label;
  return `${shown}${' '.repeat(14 - label.length)}${escapeControls(text)}\n`;
}
