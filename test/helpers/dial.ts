import { asyncScheduler } from 'rxjs';
import type { Transport, TransportRequest, TransportSink, TransportSocket } from '../../src/index.node.js';

type Sink = { [K in keyof TransportSink]: Parameters<TransportSink[K]> };

/** What a socket has reported: the name of a callback, and its arguments. */
export type Reported = { [K in keyof Sink]: readonly [K, ...Sink[K]] }[keyof Sink];

/** A socket, and what it reports to its sink. */
export interface Dialled {
  readonly socket: TransportSocket;
  readonly reported: readonly Reported[];
  /** The first report of a kind, as soon as it is there. */
  first<K extends keyof Sink>(kind: K): Promise<Sink[K]>;
}

/** Opens a socket of a transport, without a connection around it. */
export function dial(transport: Transport, url: string, request: Partial<TransportRequest> = {}): Dialled {
  const reported: Reported[] = [];
  const waiting: { kind: string; resolve: (args: never) => void }[] = [];
  const report =
    (kind: keyof Sink) =>
    (...args: unknown[]) => {
      reported.push([kind, ...args] as unknown as Reported);
      for (const { kind: wanted, resolve } of waiting) if (wanted === kind) resolve(args as never);
    };
  const sink: TransportSink = {
    onOpen: report('onOpen'),
    onMessage: report('onMessage'),
    onPing: report('onPing'),
    onPong: report('onPong'),
    onError: report('onError'),
    onClose: report('onClose'),
  };
  const socket = transport.open(
    { url, protocols: [], headers: {}, closeTimeout: 1000, scheduler: asyncScheduler, ...request },
    sink,
  );
  return {
    socket,
    reported,
    first(kind) {
      const there = reported.find(([reportedKind]) => reportedKind === kind);
      if (there) return Promise.resolve(there.slice(1) as never);
      return new Promise((resolve) => waiting.push({ kind, resolve }));
    },
  };
}
