/**
 * A frame as bytes, with any first byte and payload of less than 126 bytes. Servers do not mask (RFC 6455, 5.1).
 *
 * @param {number} first FIN, the reserved bits and the opcode
 * @param {string | Uint8Array} payload
 */
export function frame(first, payload = '') {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from([first, bytes.length]), bytes]);
}

/** Bytes that no client may accept. */
export const violations = {
  reservedBit: frame(0xc1, '0'),
  invalidUtf8: frame(0x81, Buffer.from([0xc3, 0x28])),
  masked: Buffer.from([0x81, 0x81, 1, 2, 3, 4, 0x31]),
};
