import { describe, expect, it } from 'vitest';
import { lineCodec } from '../../src/cli/message-codec.js';

const asLineOfJson = lineCodec({ text: false, strict: true, binary: undefined, pong: undefined });

describe('lineCodec', () => {
  it('makes one line of JSON that has several, and leaves its numbers and texts as they are', () => {
    const json = '{\r\n  "id": 12345678901234567890,\n\n  "text": "a  b"\r}';

    expect(asLineOfJson.decode(json)).toBe('{"id": 12345678901234567890,"text": "a  b"}');
  });

  it('takes linear time, however many blanks there are', () => {
    const blanks = ' '.repeat(2_000_000);

    expect(asLineOfJson.decode(`[1,${blanks}2]`)).toHaveLength(2_000_005);
  });
});
