import { numbered, together } from '../case.js';
import type { Case } from '../case.js';
import { binary, chop, text, wireBytes } from '../frame.js';

const SIZES = [0, 125, 126, 127, 128, 65_535, 65_536];

const stars = (size: number) => '*'.repeat(size);
const fe = (size: number) => new Uint8Array(size).fill(0xfe);

/** Lengths at the edges of the three forms of a length (section 5.2). */
export const framing: readonly Case[] = [
  ...SIZES.map((size, index) =>
    numbered(`1.1.${index + 1}`, `a text of ${size} bytes`, together(text(stars(size))), { delivers: [stars(size)] }),
  ),
  numbered('1.1.8', 'a text of 65536 bytes, in writes of 997', chop(wireBytes(text(stars(65_536))), 997), {
    delivers: [stars(65_536)],
  }),
  ...SIZES.map((size, index) =>
    numbered(`1.2.${index + 1}`, `${size} bytes`, together(binary(fe(size))), { delivers: [fe(size)] }),
  ),
  numbered('1.2.8', '65536 bytes, in writes of 997', chop(wireBytes(binary(fe(65_536))), 997), {
    delivers: [fe(65_536)],
  }),
];
