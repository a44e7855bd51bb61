import { WebSocket } from 'ws';
import type { WebSocketLike } from '../../src/index.js';

type Listener = ((event: object) => void) | undefined;

/**
 * A WebSocket of React Native's shape, on `ws`: headers are the third argument, events are no more than their fields, there
 * is no `bufferedAmount` and no `extensions`, a close does not say whether it was clean, a failure has no code, and a
 * close that is asked for again is ignored.
 */
export class NativeModuleSocket implements WebSocketLike {
  binaryType = '';
  readyState = 0;
  protocol?: string;
  onopen: Listener;
  onmessage: Listener;
  onerror: Listener;
  onclose: Listener;
  /** The side that is not JavaScript. */
  readonly #module: WebSocket;

  constructor(url: string, protocols: string[], { headers }: { readonly headers: Readonly<Record<string, string>> }) {
    const module = (this.#module = new WebSocket(url, protocols, { headers }));
    module.binaryType = 'arraybuffer';
    module.on('open', () => {
      this.readyState = 1;
      this.protocol = module.protocol;
      this.onopen?.({});
    });
    module.on('message', (data: ArrayBuffer, isBinary) => {
      if (isBinary && this.binaryType !== 'arraybuffer') throw new Error('There are no Blobs.');
      this.onmessage?.({ data: isBinary ? data : new TextDecoder().decode(data) });
    });
    module.on('error', ({ message }) => this.#end({ reason: message }, { message }));
    module.on('close', (code, reason) => this.#end({ code, reason: reason.toString() }));
  }

  send(data: unknown): void {
    if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw new Error('Unsupported data type');
    this.#module.send(data);
  }

  close(code?: number, reason?: string): void {
    if (this.readyState > 1) return;
    this.readyState = 2;
    this.#module.close(code, reason);
  }

  #end(close: object, error?: object): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    if (error) this.onerror?.(error);
    this.onclose?.(close);
  }
}
