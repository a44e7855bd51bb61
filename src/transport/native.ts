import { WebSocketError } from '../protocol/errors.js';
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
      let isOpen = false;
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => {
        isOpen = true;
        sink.onOpen(socket.protocol, socket.extensions);
      };
      socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
        if (typeof data === 'string') sink.onMessage(data, data.length);
        else sink.onMessage(new Uint8Array(data), data.byteLength);
      };
      socket.onerror = (event) => {
        // The event says nothing in browsers, on purpose; elsewhere it may carry a message.
        sink.onError(new WebSocketError((event as { message?: string }).message || 'the WebSocket failed'));
        // What never opened ends here; the `close` that should follow is left out by older Node.
        if (!isOpen) sink.onClose(1006, '', false);
      };
      socket.onclose = ({ code, reason, wasClean }) => sink.onClose(code, reason, wasClean);
      // There is no way to let go at once; a peer that still listens is told that we timed out.
      return Object.assign(socket, { terminate: () => socket.close(3008) });
    },
  };
}
