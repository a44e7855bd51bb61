import type { Transport, TransportSink } from '../../src/index.node.js';

/** A transport that the test plays by hand. Writes down what is asked of it. */
export interface FakeTransport extends Transport {
  readonly calls: string[];
  /** Of the newest connection. */
  readonly sink: TransportSink;
  /** The newest connection's handshake succeeds. */
  open(): void;
  open(...request: Parameters<Transport['open']>): ReturnType<Transport['open']>;
}

export function fakeTransport({ answersClose = false, canPause = true, canPing = false } = {}): FakeTransport {
  const calls: string[] = [];
  const state: { sink?: TransportSink; writable: boolean } = { writable: false };

  return {
    canPause,
    canSetHeaders: true,
    calls,
    get sink() {
      return state.sink!;
    },
    open(...args: [] | Parameters<Transport['open']>): never {
      if (args.length === 0) {
        state.writable = true;
        state.sink!.onOpen('', '');
        return undefined as never;
      }
      const [, sink] = args;
      state.sink = sink;
      state.writable = false;
      return {
        get readyState() {
          return Number(state.writable);
        },
        bufferedAmount: 7,
        send: (data: string | Uint8Array) => void calls.push(`send ${String(data)}`),
        ...(canPause && { pause: () => void calls.push('pause'), resume: () => void calls.push('resume') }),
        ...(canPing && { ping: (payload?: string) => void calls.push(`ping ${payload}`) }),
        close(code: number, reason: string) {
          calls.push(`close ${code}`);
          state.writable = false;
          if (answersClose) sink.onClose(code, reason, true);
        },
        terminate() {
          calls.push('terminate');
          state.writable = false;
        },
      } as never;
    },
  };
}
