import { WebSocketError } from '../errors.js';
import type { Transport } from './transport.js';

/**
 * The platform's own `WebSocket` (browsers, Deno, Bun, workers, Node 22 and later). It has no ping frames, cannot set
 * headers, cannot be paused, and hides why a handshake was refused.
 *
 * @see https://websockets.spec.whatwg.org
 */
export function nativeTransport(): Transport {
  return {
    canPause: false,
    canSetHeaders: false,
    open({ url, protocols }, sink) {
      if (typeof globalThis.WebSocket !== 'function') {
        throw new Error('this platform has no WebSocket; pass a `transport`');
      }
      const socket = new WebSocket(url, [...protocols]);
      let bound = true; // until terminated: then the socket still closes, but nobody is told
      let isOpen = false;
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => {
        if (!bound) return;
        isOpen = true;
        sink.open(socket.protocol, socket.extensions);
      };
      socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
        if (!bound) return;
        if (typeof data === 'string') sink.message(data, data.length);
        else sink.message(new Uint8Array(data), data.byteLength);
      };
      // The event says nothing in browsers, on purpose; elsewhere it may carry a message.
      socket.onerror = (event) => {
        if (!bound) return;
        sink.error(new WebSocketError((event as { message?: string }).message || 'the WebSocket failed'));
        if (isOpen) return;
        // What never opened ends here, with 1006: `close` would say the same, and older Node leaves it out.
        bound = false;
        sink.close(1006, '', false);
      };
      socket.onclose = ({ code, reason, wasClean }) => bound && sink.close(code, reason, wasClean);

      return {
        get writable() {
          return socket.readyState === 1;
        },
        get bufferedAmount() {
          return socket.bufferedAmount;
        },
        send(data) {
          socket.send(data as string | Uint8Array<ArrayBuffer>);
          return data.length;
        },
        close: (code, reason) => socket.close(code, reason),
        terminate() {
          bound = false;
          // There is no way to let go at once; a peer that still listens is told that we timed out.
          socket.close(3008);
        },
      };
    },
  };
}
