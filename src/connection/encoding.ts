import { bytesOf } from '../protocol/bytes.js';
import type { Codec } from '../protocol/codec.js';
import { disown } from '../protocol/is-thenable.js';
import type { Receipt } from '../protocol/session-port.js';
import { toError } from '../protocol/to-error.js';
import { expectCodec } from './config.js';
import type { ResolvedConfig } from './config.js';
import type { DroppedMessages } from './dropped-messages.js';

type AnyCodec<In, Out> = Codec<In | Promise<In>, Out>;

/** Turns messages into frames by the codec of the present connection, or of the next one. */
export class Encoding<In, Out> {
  readonly #config: Pick<ResolvedConfig<In, Out>, 'codec'>;
  readonly #dropped: DroppedMessages;
  #codec: AnyCodec<In, Out> | undefined;

  constructor(config: Pick<ResolvedConfig<In, Out>, 'codec'>, dropped: DroppedMessages) {
    this.#config = config;
    this.#dropped = dropped;
  }

  /** The codec of a connection that has opened. @param isBeside another one is open, which keeps its own */
  codecForNew(isBeside: boolean): AnyCodec<In, Out> {
    return isBeside ? this.#makeCodec() : this.#current();
  }

  /** Another connection takes over. @param codec `undefined`: the next one makes its own */
  use(codec: AnyCodec<In, Out> | undefined): void {
    this.#codec = codec;
  }

  /** A connection has ended: the next one has a codec of its own. */
  forget(codec: AnyCodec<In, Out>): void {
    if (this.#codec === codec) this.#codec = undefined;
  }

  /** @returns a frame, or nothing where the codec refuses the value: then that was reported */
  encode(value: Out, receipt?: Receipt, codec?: AnyCodec<In, Out>): string | Uint8Array | undefined {
    try {
      const encoded: unknown = (codec ?? this.#current()).encode(value);
      const frame = typeof encoded === 'string' ? encoded : bytesOf(encoded);
      if (frame !== undefined) return frame;
      disown(encoded);
      throw new TypeError(`the codec made ${typeof encoded} of it`);
    } catch (cause) {
      this.#dropped.refuse(cause, receipt);
      return undefined;
    }
  }

  #current(): AnyCodec<In, Out> {
    return (this.#codec ??= this.#makeCodec());
  }

  #makeCodec(): AnyCodec<In, Out> {
    const { codec } = this.#config;
    if (typeof codec !== 'function') return codec;
    const made = codec();
    try {
      expectCodec(made);
    } catch (thrown) {
      throw Object.assign(toError(thrown), { fatal: true }); // it would make such a one each time
    }
    return made;
  }
}
