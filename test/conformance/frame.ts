/* Frames of RFC 6455 section 5.2, as any server may send them: right and wrong ones. */

export const OPCODES = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** The reserved bits, as the three-bit number that they make. */
export type Reserved = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** RSV1 alone: a compressed message (RFC 7692 section 6). */
export const COMPRESSED: Reserved = 4;

export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin: boolean;
  readonly rsv: Reserved;
}

const encoder = new TextEncoder();

export const bytesOf = (payload: string | Uint8Array): Uint8Array =>
  typeof payload === 'string' ? encoder.encode(payload) : payload;

export const hex = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  { fin = true, rsv = 0 }: { fin?: boolean; rsv?: Reserved } = {},
): Frame {
  return { opcode, payload: bytesOf(payload), fin, rsv };
}

export const text = (payload: string | Uint8Array): Frame => frame(OPCODES.text, payload);
export const binary = (payload: Uint8Array): Frame => frame(OPCODES.binary, payload);
export const ping = (payload: string | Uint8Array = ''): Frame => frame(OPCODES.ping, payload);
export const pong = (payload: string | Uint8Array = ''): Frame => frame(OPCODES.pong, payload);

export function close(code?: number, reason: string | Uint8Array = ''): Frame {
  if (code === undefined) return frame(OPCODES.close);
  return frame(OPCODES.close, concat([Uint8Array.of(code >> 8, code & 0xff), bytesOf(reason)]));
}

/** A message in several frames. */
export function fragments(opcode: number, ...payloads: readonly (string | Uint8Array)[]): Frame[] {
  return payloads.map((payload, index) =>
    frame(index === 0 ? opcode : OPCODES.continuation, payload, { fin: index === payloads.length - 1 }),
  );
}

/** Cuts into parts of so many bytes. */
export function chop(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts = [];
  for (let from = 0; from < bytes.length; from += size) parts.push(bytes.subarray(from, from + size));
  return parts;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The bytes of a frame, without a mask, as a server sends them. */
export function wireBytes({ opcode, payload, fin, rsv }: Frame): Uint8Array {
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const head = new DataView(new ArrayBuffer(10));
  head.setUint8(0, first);
  if (payload.length < 126) {
    head.setUint8(1, payload.length);
    return concat([new Uint8Array(head.buffer, 0, 2), payload]);
  }
  if (payload.length < 2 ** 16) {
    head.setUint8(1, 126);
    head.setUint16(2, payload.length);
    return concat([new Uint8Array(head.buffer, 0, 4), payload]);
  }
  head.setUint8(1, 127);
  head.setUint32(6, payload.length);
  return concat([new Uint8Array(head.buffer), payload]);
}
