import { Buffer } from 'node:buffer';

/** The payload of a ping or pong frame as text. */
export function payloadText(payload: unknown): string {
  if (payload instanceof Uint8Array) {
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString();
  }
  return typeof payload === 'string' ? payload : '';
}
