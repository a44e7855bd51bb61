import type { Transport, TransportRequest, TransportSink, TransportSocket } from '../index.node.js';

/** Is called with what passes through a connection. */
export interface TransportObserver {
  readonly sink: TransportSink;
  sent?(data: string | Uint8Array): void;
  pinged?(payload: string): void;
  closed?(code: number, reason: string): void;
  terminated?(): void;
}

/** A transport whose connections an observer sees, each event before the connection does. */
export function observedTransport(
  transport: Transport,
  observe: (request: TransportRequest) => TransportObserver,
): Transport {
  return {
    ...transport,
    open(request, sink) {
      const observer = observe(request);
      const socket = transport.open(request, both(observer.sink, sink));
      return new ObservedSocket(socket, observer);
    },
  };
}

function both(first: TransportSink, second: TransportSink): TransportSink {
  return {
    onOpen(...args) {
      first.onOpen(...args);
      second.onOpen(...args);
    },
    onMessage(...args) {
      first.onMessage(...args);
      second.onMessage(...args);
    },
    onPing(payload) {
      first.onPing(payload);
      second.onPing(payload);
    },
    onPong(payload) {
      first.onPong(payload);
      second.onPong(payload);
    },
    onError(error) {
      first.onError(error);
      second.onError(error);
    },
    onClose(...args) {
      first.onClose(...args);
      second.onClose(...args);
    },
  };
}

class ObservedSocket implements TransportSocket {
  readonly #socket: TransportSocket;
  readonly #observer: TransportObserver;
  readonly ping?: (payload?: string) => void;

  constructor(socket: TransportSocket, observer: TransportObserver) {
    this.#socket = socket;
    this.#observer = observer;
    if (socket.ping) {
      this.ping = (payload = '') => {
        socket.ping!(payload);
        observer.pinged?.(payload);
      };
    }
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get receivedBytes(): number | undefined {
    return this.#socket.receivedBytes;
  }

  get flushedBytes(): number | undefined {
    return this.#socket.flushedBytes;
  }

  get refusal(): Error | undefined {
    return this.#socket.refusal;
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data);
    this.#observer.sent?.(data);
  }

  pause(): void {
    this.#socket.pause?.();
  }

  resume(): void {
    this.#socket.resume?.();
  }

  close(code: number, reason: string): void {
    this.#observer.closed?.(code, reason);
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#observer.terminated?.();
    this.#socket.terminate();
  }
}
