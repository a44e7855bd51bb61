import { createHash } from 'node:crypto';
import type { Codec } from '../../src/index.node.js';

const checksum = (text: string) => createHash('md5').update(text).digest('hex').slice(0, 8);

/** Numbers with a checksum, in frames of several forms: one that was damaged on its way is rejected. */
export const numbered: Codec<number, number> = {
  encode: (number) => {
    const text = `${number} ${'…'.repeat(number % 90)}`;
    return `${checksum(text)} ${text}`;
  },
  decode: (data) => {
    const [, sum, text] = /^(\w+) (.*)$/s.exec(String(data)) ?? [];
    if (text === undefined || sum !== checksum(text)) throw new Error('It was damaged.');
    return Number.parseInt(text);
  },
};
