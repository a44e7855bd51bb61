import type { Frame, Reserved } from './frame.js';

/** Reads the masked frames that a client sends. */
export class ReceivedFrames {
  #bytes: Buffer = Buffer.alloc(0);

  /** @returns the frames that are complete now */
  push(bytes: Uint8Array): Frame[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const frames: Frame[] = [];
    for (let next = this.#take(); next !== undefined; next = this.#take()) frames.push(next);
    return frames;
  }

  #take(): Frame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const short = bytes[1]! & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const head = 2 + lengthBytes + 4;
    if (bytes.length < head) return undefined;
    if (!(bytes[1]! & 0x80)) throw new Error('a client must mask its frames');
    const length = lengthBytes === 2 ? bytes.readUInt16BE(2) : lengthBytes === 8 ? bytes.readUInt32BE(6) : short;
    if (bytes.length < head + length) return undefined;
    const mask = bytes.subarray(head - 4, head);
    const payload = new Uint8Array(length);
    for (let at = 0; at < length; at++) payload[at] = bytes[head + at]! ^ mask[at & 3]!;
    this.#bytes = bytes.subarray(head + length);
    return {
      opcode: bytes[0]! & 0x0f,
      fin: (bytes[0]! & 0x80) !== 0,
      rsv: ((bytes[0]! >> 4) & 7) as Reserved,
      payload,
    };
  }
}
