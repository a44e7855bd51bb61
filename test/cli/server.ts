import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { filter, firstValueFrom, ReplaySubject, scan } from 'rxjs';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { ServerOptions, WebSocket } from 'ws';

/** What a server does with one connection attempt: talk to it, or refuse it with an HTTP status. */
export type Act = ((socket: WebSocket, request: IncomingMessage) => void) | number;

/** A server on the loopback with an act for each connection attempt, in order; the last one repeats. */
export async function serve(acts: readonly Act[], options: ServerOptions = {}) {
  const webSockets = new WebSocketServer({ noServer: true, ...options });
  const received = new ReplaySubject<string>();
  const closes = new ReplaySubject<number>();
  let attempts = 0;

  const http = createServer().on('upgrade', (request, socket, head) => {
    const act = acts[Math.min(attempts++, acts.length - 1)]!;
    if (typeof act === 'number') {
      socket.end(`HTTP/1.1 ${act} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      webSocket.on('message', (data: Buffer) => received.next(data.toString()));
      webSocket.on('close', (code) => closes.next(code));
      act(webSocket, request);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const webSocket of webSockets.clients) webSocket.terminate();
    http.close();
  });

  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    get attempts() {
      return attempts;
    },
    /** The code of the first connection that ended. */
    closed: () => firstValueFrom(closes),
    /** The first `count` messages, as soon as they are there. */
    received: (count: number): Promise<string[]> =>
      firstValueFrom(
        received.pipe(
          scan((all: string[], message) => [...all, message], []),
          filter(({ length }) => length === count),
        ),
      ),
  };
}
