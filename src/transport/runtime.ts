import type { TransportSink, TransportSocket } from './transport.js';

const platform = globalThis as { Bun?: unknown; Deno?: unknown };

export const isBun = (): boolean => platform.Bun !== undefined;

/** Where `new WebSocket(url, { headers })` sends them; elsewhere it throws, or leaves them out. */
export const takesHeaders = (): boolean => isBun() || platform.Deno !== undefined;

/** What Bun's sockets have beyond the standard; pongs are events there. */
interface BunSocket {
  ping(payload: string): void;
  pause(): void;
  resume(): void;
  terminate(): void;
  addEventListener(type: 'ping' | 'pong', listener: (event: { data: ArrayBuffer }) => void): void;
}

/** Of Bun's own sockets alone: methods of these names are not known to do the same where another class has them. */
export function bunSocket(socket: object, sink: TransportSink): Partial<TransportSocket> {
  if (!isBun() || !(socket instanceof WebSocket)) return {};
  const bun = socket as unknown as BunSocket;
  const text = ({ data }: { data: ArrayBuffer }) => new TextDecoder().decode(data);
  bun.addEventListener('ping', (event) => sink.onPing(text(event)));
  bun.addEventListener('pong', (event) => sink.onPong(text(event)));
  return {
    ping: (payload = '') => bun.ping(payload),
    pause: () => bun.pause(),
    resume: () => bun.resume(),
    terminate: () => bun.terminate(),
  };
}
