/* The part of @msgpack/msgpack that the README uses. */
export function encode(value: unknown): Uint8Array;
export function decode(data: Uint8Array): unknown;
