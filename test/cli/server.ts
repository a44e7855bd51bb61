import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { filter, firstValueFrom, ReplaySubject, scan } from 'rxjs';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { ServerOptions, WebSocket } from 'ws';

/** How a server handles one connection attempt: a function of its socket, or an HTTP status to refuse it with. */
export type Act = ((socket: WebSocket, request: IncomingMessage) => void) | number | Refusal;

interface Refusal {
  readonly status: number;
  /** Lines of the head. */
  readonly headers: readonly string[];
}

/** Starts a server on the loopback with one act per connection attempt, in order. The last one repeats. */
export async function serve(
  acts: readonly Act[],
  options: ServerOptions & {
    /** Speaks TLS. */
    readonly tls?: TlsOptions;
    /** The path of a Unix socket to listen on. */
    readonly socket?: string;
    /** A port of the loopback; any by default. */
    readonly listenOn?: number;
  } = {},
) {
  const { tls, socket: path, listenOn = 0, ...webSocketOptions } = options;
  const webSockets = new WebSocketServer({ noServer: true, ...webSocketOptions });
  const received = new ReplaySubject<string>();
  const closes = new ReplaySubject<number>();
  let attempts = 0;

  const http = tls ? createSecureServer(tls) : createServer();
  http.on('tlsClientError', () => undefined);
  http.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
    const act = acts[Math.min(attempts++, acts.length - 1)]!;
    if (typeof act !== 'function') {
      const { status, headers }: Refusal = typeof act === 'number' ? { status: act, headers: [] } : act;
      const head = [`HTTP/1.1 ${status} Refused`, 'Content-Length: 0', 'Connection: close', ...headers];
      socket.end(`${head.join('\r\n')}\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      webSocket.on('message', (data: Buffer) => received.next(data.toString()));
      webSocket.on('close', (code) => closes.next(code));
      act(webSocket, request);
    });
  });
  await new Promise<void>((resolve) =>
    path ? http.listen(path, resolve) : http.listen(listenOn, '127.0.0.1', resolve),
  );
  onTestFinished(() => {
    for (const webSocket of webSockets.clients) webSocket.terminate();
    http.close();
  });

  return {
    url: path ? `ws+unix:${path}` : `ws${tls ? 's' : ''}://127.0.0.1:${(http.address() as AddressInfo).port}`,
    get attempts() {
      return attempts;
    },
    /** Nobody listens any more. */
    stop: () => new Promise((resolve) => http.close(resolve)),
    /** Waits for the close code of the first connection that ends. */
    closed: () => firstValueFrom(closes),
    /** Waits for the first `count` messages. */
    received: (count: number): Promise<string[]> =>
      firstValueFrom(
        received.pipe(
          scan((all: string[], message) => [...all, message], []),
          filter(({ length }) => length === count),
        ),
      ),
  };
}
