import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Transport } from '../index.node.js';
import { frameLine } from './log-line.js';
import type { LogLine } from './log-line.js';
import { observedTransport } from './observed-transport.js';

/** A transport, and the log lines of the ping and pong frames that arrive on it. */
export function shownFrames(transport: Transport): { transport: Transport; lines: Observable<LogLine> } {
  const lines = new Subject<LogLine>();
  const ignore = () => undefined;
  const sink = {
    onOpen: ignore,
    onMessage: ignore,
    onPing: (payload: unknown) => lines.next(frameLine('ping', payload)),
    onPong: (payload: unknown) => lines.next(frameLine('pong', payload)),
    onError: ignore,
    onClose: ignore,
  };
  return { transport: observedTransport(transport, () => ({ sink })), lines };
}
