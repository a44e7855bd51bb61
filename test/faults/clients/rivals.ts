import { WebSocket as PartySocket } from 'partysocket';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { retry } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { WebSocket } from 'ws';
import type { Count, Story } from '../story.js';
import type { Client, Dial, Session } from './client.js';

/**
 * The `ws` socket, told as every client here is where its next attempt goes, and whom to trust. An error that nobody
 * listens to would end the process: it is noted, and goes no further.
 */
function dialling({ nextUrl, ca }: Dial, story: Story): typeof WebSocket {
  return class extends WebSocket {
    constructor(_url: string | URL, protocols?: string | string[]) {
      super(nextUrl(), protocols, ca && { ca: [...ca] });
    }

    override emit(event: string, ...args: unknown[]): boolean {
      if (event !== 'error' || this.listenerCount('error') > 0) return super.emit(event, ...args);
      story.wouldCrash = true;
      return true;
    }
  } as typeof WebSocket;
}

const NOWHERE = 'ws://127.0.0.1';

/** `rxjs/webSocket` with `retry({ delay })`. */
export const rxjs: Client<Session> = (dial, story) => {
  const socket = webSocket<Count | number>({
    url: NOWHERE,
    WebSocketCtor: dialling(dial, story) as never,
    openObserver: { next: () => story.opened() },
    closeObserver: { next: ({ code }) => story.lost(`close ${code}`) },
  });
  const subscription = socket.pipe(retry({ delay: dial.pace.retryDelay })).subscribe({
    next: (message) => story.received(message as Count),
    error: () => story.ended(),
    complete: () => story.ended(),
  });
  return {
    send: (n) => socket.next(n),
    close: () => {
      subscription.unsubscribe();
      return Promise.resolve();
    },
  };
};

/** What reconnecting-websocket and partysocket have in common: the standard socket's interface, and their options. */
interface Reconnecting {
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: string): void;
  close(): void;
}

function follow(socket: Reconnecting, story: Story): Session {
  socket.onopen = () => story.opened();
  socket.onmessage = ({ data }: { data: string }) => {
    if (typeof data === 'string') story.received(JSON.parse(data) as Count);
  };
  socket.onclose = ({ code }: { code: number }) => story.lost(`close ${code}`);
  socket.onerror = () => {};
  return {
    send: (n) => socket.send(String(n)),
    close: () => {
      socket.close();
      return Promise.resolve();
    },
  };
}

const options = (dial: Dial, story: Story) => ({
  WebSocket: dialling(dial, story),
  minReconnectionDelay: dial.pace.retryDelay,
  maxReconnectionDelay: dial.pace.retryDelay,
  connectionTimeout: dial.pace.connectTimeout,
});

export const reconnectingWebSocket: Client<Session> = (dial, story) =>
  follow(new (ReconnectingWebSocket as unknown as typeof PartySocket)(NOWHERE, [], options(dial, story)), story);

export const partySocket: Client<Session> = (dial, story) =>
  follow(new PartySocket(NOWHERE, [], options(dial, story)), story);
