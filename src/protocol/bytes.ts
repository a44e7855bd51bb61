import { utf8Length } from './utf8-length.js';

/** Bytes of any kind and realm as a `Uint8Array` of ours, without copying them. Anything else is `undefined`. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
}

/** How many bytes data takes on the wire. */
export function byteLength(data: string | ArrayBufferView): number {
  return typeof data === 'string' ? utf8Length(data) : data.byteLength;
}

/** A copy as a `Uint8Array`, which stays as it is whatever becomes of the bytes. */
export function copyOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}
