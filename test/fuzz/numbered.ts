import { createHash } from 'node:crypto';
import type { Codec } from '../../src/index.node.js';

const checksum = (text: string) => createHash('md5').update(text).digest('hex').slice(0, 8);

/** Numbers with a checksum, in frames of several sizes. A damaged one is rejected. */
export const numbered: Codec<number, number> = {
  encode: (number) => {
    const text = `${number} ${'…'.repeat(number % 90)}`;
    return `${checksum(text)} ${text}`;
  },
  decode: (data) => {
    const [, sum, text] = /^(\w+) (.*)$/s.exec(String(data)) ?? [];
    if (text === undefined || sum !== checksum(text)) throw new Error('The checksum is wrong.');
    return Number.parseInt(text);
  },
};
