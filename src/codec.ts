/** How messages become frames and frames become messages. A throw refuses one message, never the connection. */
export interface Codec<In, Out = In> {
  /** A string is sent as a text frame, bytes as a binary frame. */
  encode(value: Out): string | Uint8Array;
  /** Text frames come as strings, binary frames as a view of what arrived, never a copy. */
  decode(data: string | Uint8Array): In;
}

let utf8: TextDecoder | undefined;

/** The text of a frame; throws where bytes are not UTF-8. */
function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : (utf8 ??= new TextDecoder('utf-8', { fatal: true })).decode(data);
}

/**
 * Messages as JSON (RFC 8259), sent as text frames; the default codec. Takes text frames, and binary frames that hold
 * UTF-8 JSON. A value that has no JSON (`undefined`, a function, a cycle, a BigInt) does not encode.
 */
export function json<In = unknown, Out = In>(): Codec<In, Out> {
  return {
    encode(value) {
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) throw new TypeError(`A value of type ${typeof value} has no JSON.`);
      return text;
    },
    decode: (data) => JSON.parse(textOf(data)) as In,
  };
}

/** Messages as strings, sent as text frames. Binary frames are read as UTF-8. */
export function text(): Codec<string> {
  return {
    encode(value) {
      if (typeof value !== 'string') throw new TypeError(`text() sends strings only, not ${typeof value}.`);
      return value;
    },
    decode: textOf,
  };
}

/** Messages as bytes, sent as binary frames. What arrives is a view, never a copy; text frames come as their UTF-8. */
export function binary(): Codec<Uint8Array> {
  return {
    encode(value) {
      if (!(value instanceof Uint8Array)) throw new TypeError(`binary() sends Uint8Array only, not ${typeof value}.`);
      return value;
    },
    decode: (data) => (typeof data === 'string' ? new TextEncoder().encode(data) : data),
  };
}
