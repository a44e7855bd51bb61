import type { Observable } from 'rxjs';
import type { WebSocketConnection } from '../index.node.js';
import type { LogLine } from './log-line.js';

/** The connection of a run: lines are sent as they are, and messages are lines. */
export type Feed = WebSocketConnection<string, string>;

/** Where a run shows what happens, and has its lines from: pipes, or a terminal. */
export interface Console {
  /** What the user sends. */
  readonly lines: AsyncIterable<string>;
  /** Emits when the user asks for the end, or nobody reads what is printed. Errors if that cannot be written. */
  readonly end: Observable<'asked' | 'unread'>;
  /** Prints a line. @returns whether more can be printed now */
  print(line: string): boolean;
  /** Calls back once, when more can be printed. */
  whenWritable(callback: () => void): void;
  log(line: LogLine): void;
  /** How many lines the user has entered that nobody has taken. */
  waiting?(): number;
  /** Shows the state of the connection from now on, where there is room for it. */
  show?(feed: Feed): void;
  close(): void;
}
