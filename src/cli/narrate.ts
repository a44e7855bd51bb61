import { inspect } from 'node:util';
import { lifecycleLogLevels } from '../index.node.js';
import type { CloseEvent, ConnectionStats, LifecycleEvent } from '../index.node.js';

/** One line of what is told on stderr: a word, and what there is to say about it. */
export interface Remark {
  readonly word: LifecycleEvent['type'] | 'stdin' | 'summary' | 'ended' | 'failed';
  readonly text: string;
}

/** How a run went, in numbers. */
export interface Tally {
  readonly stats: ConnectionStats;
  readonly retries: number;
  /** `undefined` where none were asked for. */
  readonly batches: number | undefined;
}

/** What there is to say about a lifecycle event. */
export function remarkOn(event: LifecycleEvent): Remark {
  return { word: event.type, text: describe(event) };
}

function describe(event: LifecycleEvent): string {
  switch (event.type) {
    case 'connecting':
      return `attempt ${event.attempt}`;
    case 'open':
      return event.protocol ? `${event.url}, subprotocol ${event.protocol}` : event.url;
    case 'heartbeat':
      return `answered in ${duration(event.latency)}`;
    case 'rejected':
      return event.error.message;
    case 'dropped':
      return `${count(event.count, 'message')} not sent: ${event.error?.message ?? event.reason}`;
    case 'error':
      return event.error.message;
    case 'close':
      return describeClose(event);
    case 'reconnecting':
      return `retry ${event.retry} in ${duration(event.delay)}: ${event.error.message}`;
  }
}

function describeClose({ code, reason, wasClean, initiator }: CloseEvent): string {
  const how = wasClean
    ? `by ${initiator === 'local' ? 'us' : 'the peer'}`
    : initiator === 'local'
      ? 'given up by us'
      : 'without a close frame';
  return `${code}${reason && ` (${reason})`} ${how}`;
}

/** The last word but one. */
export function summary({ stats, retries, batches }: Tally): Remark {
  const reconnects = `${count(Math.max(0, stats.opens - 1), 'reconnect')} (${count(retries, 'retry', 'retries')})`;
  const parts = [
    `${stats.received} received`,
    ...(batches === undefined ? [] : [count(batches, 'batch', 'batches')]),
    reconnects,
    `${stats.rejected} rejected`,
  ];
  return { word: 'summary', text: parts.join(', ') };
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const COLOURS: Record<Remark['word'], 'cyan' | 'green' | 'magenta' | 'red' | 'yellow'> = {
  connecting: 'cyan',
  open: 'green',
  heartbeat: 'magenta',
  rejected: 'red',
  dropped: 'red',
  error: 'red',
  close: 'yellow',
  reconnecting: 'cyan',
  stdin: 'red',
  summary: 'green',
  ended: 'green',
  failed: 'red',
};

/** From what is said only to whoever looks for something, to nothing at all. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** The least that is said. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const levels: Record<Remark['word'], LogLevel> = {
  ...lifecycleLogLevels,
  stdin: 'error',
  summary: 'info',
  ended: 'info',
};

/** Whether a remark is to be made where no less than `least` is. */
export function isWorthSaying({ word }: Remark, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(levels[word]) >= LOG_LEVELS.indexOf(least);
}

/** Whether to write in colour: only to a terminal that has some, and where `NO_COLOR` (https://no-color.org) is not set. */
export function wantsColour(
  stream: { readonly isTTY?: boolean; hasColors?(): boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env.NO_COLOR && stream.hasColors?.() === true;
}

/** A remark as one line, in columns. */
export function lineOf({ word, text }: Remark, inColour: boolean): string {
  // util.styleText would decide about colours itself, and by stdout. It also came only with Node 20.12.
  const [on, off] = inspect.colors[COLOURS[word]]!;
  const label = inColour ? `\x1b[${on}m${word}\x1b[${off}m` : word;
  return `${label}${' '.repeat(14 - word.length)}${harmless(text)}\n`;
}

/** Reasons and messages are the peer's own words: they shall not break the line, nor speak to the terminal. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
