import { Subject } from 'rxjs';
import type { Transport } from '../../src/index.node.js';
import { accept, closeWith, raw, scriptedServer, silence } from '../../src/testing/index.js';
import type { ClientAction, ScriptStep } from '../../src/testing/index.js';

/** A server that the test plays by hand, on the test kit. What it does is done on the newest connection. */
export interface PlayedServer extends Transport {
  /** What the client did: `send "x"`, `close 1000`, `terminate`. */
  readonly calls: readonly string[];
  /** The handshake succeeds. */
  accept(): void;
  /** Sends a text frame. */
  message(text: string): void;
  closeWith(code: number, reason?: string): void;
}

/** @param answersClose whether Close frames of the client are answered */
export function playedServer({ answersClose = false } = {}): PlayedServer {
  const calls: string[] = [];
  let script = new Subject<ScriptStep>();
  const server = scriptedServer(() => (script = new Subject()), ['-']);
  server.log.subscribe((action) => {
    if (action.type !== 'connect') calls.push(describe(action));
  });
  return {
    ...server.transport,
    calls,
    accept() {
      script.next(accept());
      if (!answersClose) script.next(silence());
    },
    message: (text) => script.next(raw(text)),
    closeWith: (code, reason) => script.next(closeWith(code, reason)),
  };
}

function describe(action: ClientAction): string {
  switch (action.type) {
    case 'message':
      return `send ${JSON.stringify(action.message)}`;
    case 'close':
      return `close ${action.code}`;
    default:
      return action.type;
  }
}
