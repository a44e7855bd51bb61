import { Buffer } from 'node:buffer';
import { several, text } from '../index.node.js';
import type { Codec } from '../index.node.js';
import type { BinaryForm, LineForm } from './settings.js';

const plain = text();

/**
 * Decodes messages as what is printed of them; lines are sent unchanged. By default that is a line of JSON: JSON itself,
 * any other text as a JSON string, bytes that are not text as a string of base64. With `text` it is the text itself.
 * With `strict`, what is not JSON (or not text) is refused.
 */
export function lineCodec({ text: isText, strict, binary, pong }: LineForm): Codec<string> {
  const decode = (data: string | Uint8Array): string => {
    if (binary !== undefined && typeof data !== 'string') return quoted(encoded(data, binary));
    if (strict) return isText ? plain.decode(data) : lineOfJson(plain.decode(data));
    const message = typeof data === 'string' ? data : (textIn(data) ?? encoded(data, 'base64'));
    return isText ? message : (jsonIn(message) ?? JSON.stringify(message));
  };
  const quoted = (message: string) => (isText ? message : JSON.stringify(message));

  return {
    encode: (line) => line,
    decode: (data) => (pong !== undefined && isReply(data, pong) ? (several([]) as never) : decode(data)),
  };
}

function isReply(data: string | Uint8Array, pong: string | RegExp): boolean {
  if (typeof data !== 'string') return false;
  return typeof pong === 'string' ? data === pong : pong.test(data);
}

const encoded = (data: Uint8Array, form: BinaryForm) =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString(form);

/** Bytes as text, if they are UTF-8. */
function textIn(data: Uint8Array): string | undefined {
  try {
    return plain.decode(data);
  } catch {
    return undefined;
  }
}

/** A text as a line of JSON, if it is JSON. */
function jsonIn(message: string): string | undefined {
  try {
    return lineOfJson(message);
  } catch {
    return undefined;
  }
}

/**
 * The text is checked but not serialized again, because that would round numbers that a double cannot hold. Line breaks
 * are removed, with the blanks around them: in JSON they occur between tokens only.
 */
function lineOfJson(json: string): string {
  JSON.parse(json);
  const lines = json.split(/[\r\n]/); // one pattern for breaks and what surrounds them is quadratic in blanks
  return lines.map((line) => line.trim()).join('');
}
