import { text } from '../index.node.js';
import type { Codec } from '../index.node.js';

const plain = text();

/** Decodes messages as text, and rejects bytes that are not UTF-8. Sends lines unchanged. */
export const asText: Codec<string> = { encode: (line) => line, decode: (data) => plain.decode(data) };

/**
 * Decodes each message as one line of JSON, and rejects invalid JSON. The text is checked but not serialized again,
 * because that would round numbers that a double cannot hold. Line breaks are removed: in JSON they occur between tokens
 * only.
 */
export const asLineOfJson: Codec<string> = {
  encode: (line) => line,
  decode(data) {
    const json = plain.decode(data);
    JSON.parse(json);
    const lines = json.split(/[\r\n]/); // one pattern for breaks and what surrounds them is quadratic in blanks
    return lines.map((line) => line.trim()).join('');
  },
};
