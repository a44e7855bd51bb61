import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import type { DeflateRaw, InflateRaw } from 'node:zlib';
import type { Compression } from './case.js';

/** What ends a flushed block, and is not sent (RFC 7692 section 7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** The state of one connection: compresses what the server sends, and decompresses what the client sends. */
export class Deflate {
  readonly #compression: Compression;
  readonly #deflate: DeflateRaw;
  readonly #inflate: InflateRaw = createInflateRaw();

  constructor(compression: Compression) {
    this.#compression = compression;
    this.#deflate = createDeflateRaw({ windowBits: compression.serverMaxWindowBits ?? 15 });
  }

  async compress(message: Uint8Array): Promise<Uint8Array> {
    const whole = await flushed(this.#deflate, message);
    if (this.#compression.serverNoContextTakeover) this.#deflate.reset();
    return whole.subarray(0, -TAIL.length);
  }

  async decompress(message: Uint8Array): Promise<Uint8Array> {
    const whole = await flushed(this.#inflate, Buffer.concat([message, TAIL]));
    if (this.#compression.clientNoContextTakeover) this.#inflate.reset();
    return whole;
  }

  close(): void {
    this.#deflate.close();
    this.#inflate.close();
  }
}

function flushed(stream: DeflateRaw | InflateRaw, input: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const collect = (part: Buffer) => parts.push(part);
    stream.on('data', collect).once('error', reject);
    stream.write(input);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off('data', collect).off('error', reject);
      resolve(Buffer.concat(parts));
    });
  });
}

/** The answer to an offer of `permessage-deflate`, or `undefined` where there is none. */
export function answerTo(offer: string | undefined, compression: Compression | undefined): string | undefined {
  if (compression === undefined || !offer?.includes('permessage-deflate')) return undefined;
  const { serverMaxWindowBits, clientMaxWindowBits } = compression;
  return [
    'permessage-deflate',
    compression.serverNoContextTakeover && 'server_no_context_takeover',
    serverMaxWindowBits && `server_max_window_bits=${serverMaxWindowBits}`,
    compression.clientNoContextTakeover && 'client_no_context_takeover',
    clientMaxWindowBits && offer.includes('client_max_window_bits') && `client_max_window_bits=${clientMaxWindowBits}`,
  ]
    .filter(Boolean)
    .join('; ');
}
