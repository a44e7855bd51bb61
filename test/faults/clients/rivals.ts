import { WebSocket as PartySocket } from 'partysocket';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { retry } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { WebSocket } from 'ws';
import type { Count, Trace } from '../trace.js';
import type { Client, Dial, Session } from './client.js';

/**
 * The `ws` socket, with the URL of the next attempt and the trusted certificates. An `error` event without a listener
 * would end the process; here it is recorded.
 */
function dialling({ nextUrl, ca }: Dial, trace: Trace): typeof WebSocket {
  return class extends WebSocket {
    constructor(_url: string | URL, protocols?: string | string[]) {
      super(nextUrl(), protocols, ca && { ca: [...ca] });
    }

    override emit(event: string, ...args: unknown[]): boolean {
      if (event !== 'error' || this.listenerCount('error') > 0) return super.emit(event, ...args);
      trace.wouldCrash = true;
      return true;
    }
  } as typeof WebSocket;
}

const NOWHERE = 'ws://127.0.0.1';

/** `rxjs/webSocket` with `retry({ delay })`. */
export const rxjs: Client<Session> = (dial, trace) => {
  const socket = webSocket<Count | number>({
    url: NOWHERE,
    WebSocketCtor: dialling(dial, trace) as never,
    openObserver: { next: () => trace.opened() },
    closeObserver: { next: ({ code }) => trace.lost(`close ${code}`) },
  });
  const subscription = socket.pipe(retry({ delay: dial.pace.retryDelay })).subscribe({
    next: (message) => trace.received(message as Count),
    error: () => trace.ended(),
    complete: () => trace.ended(),
  });
  return {
    send: (n) => socket.next(n),
    close: () => {
      subscription.unsubscribe();
      return Promise.resolve();
    },
  };
};

/** The common interface of reconnecting-websocket and partysocket. */
interface Reconnecting {
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: string): void;
  close(): void;
}

function follow(socket: Reconnecting, trace: Trace): Session {
  socket.onopen = () => trace.opened();
  socket.onmessage = ({ data }: { data: string }) => {
    if (typeof data === 'string') trace.received(JSON.parse(data) as Count);
  };
  socket.onclose = ({ code }: { code: number }) => trace.lost(`close ${code}`);
  socket.onerror = () => {};
  return {
    send: (n) => socket.send(String(n)),
    close: () => {
      socket.close();
      return Promise.resolve();
    },
  };
}

const options = (dial: Dial, trace: Trace) => ({
  WebSocket: dialling(dial, trace),
  minReconnectionDelay: dial.pace.retryDelay,
  maxReconnectionDelay: dial.pace.retryDelay,
  connectionTimeout: dial.pace.connectTimeout,
});

export const reconnectingWebSocket: Client<Session> = (dial, trace) =>
  follow(new (ReconnectingWebSocket as unknown as typeof PartySocket)(NOWHERE, [], options(dial, trace)), trace);

export const partySocket: Client<Session> = (dial, trace) =>
  follow(new PartySocket(NOWHERE, [], options(dial, trace)), trace);
