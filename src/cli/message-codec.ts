import { text } from '../index.node.js';
import type { Codec } from '../index.node.js';

const plain = text();

/** Messages as they came; what is no text is refused. Lines go out as they are. */
export const asText: Codec<string> = { encode: (line) => line, decode: (data) => plain.decode(data) };

/**
 * Messages as one line of JSON each; what is no JSON is refused. They are checked and not written anew, because that
 * would round every number that a double cannot hold. A line break in JSON only ever stands between tokens.
 */
export const asLineOfJson: Codec<string> = {
  encode: (line) => line,
  decode(data) {
    const json = plain.decode(data);
    JSON.parse(json);
    return json.replace(/\s*[\r\n]\s*/g, '');
  },
};
