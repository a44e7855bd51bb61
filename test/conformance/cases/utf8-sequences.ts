import { hex } from '../frame.js';

interface Sequence {
  readonly id: string;
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly isValid: boolean;
}

/** The Greek word kosme in five code points, of two and three bytes. */
export const KOSME = hex('cebae1bdb9cf83cebcceb5');

const group = (id: string, title: string, isValid: boolean, ...all: readonly string[]): Sequence[] =>
  all.map((digits, index) => ({ id: `${id}.${index + 1}`, title, bytes: hex(digits), isValid }));

/** All code points that are the last two of a plane. */
const nonCharacters = Array.from({ length: 17 }, (_, plane) => plane).flatMap((plane) =>
  [0xfffe, 0xffff].map((last) => hexOf(String.fromCodePoint(plane * 0x1_0000 + last))),
);

function hexOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const run = (from: number, to: number, filler = '') =>
  Array.from({ length: to - from + 1 }, (_, index) => (from + index).toString(16) + filler).join('');

const prefixes = Array.from(KOSME, (_, index) => KOSME.subarray(0, index + 1)).map((bytes, index) => ({
  ...{ id: `6.6.${index + 1}`, title: `${index + 1} bytes of a text`, bytes },
  isValid: [2, 5, 7, 9, 11].includes(bytes.length),
}));

/** Sequences of bytes that are UTF-8 and that are not (RFC 3629; the families of Markus Kuhn's stress test). */
export const sequences: readonly Sequence[] = [
  ...group('6.5', 'UTF-8 beside what needs more bytes', true, 'cebae1bdb9cf83cebcceb5'),
  ...prefixes,
  ...group('6.7', 'the first sequence of a length', true, '00', 'c280', 'e0a080', 'f0908080'),
  ...group('6.8', 'the first sequence of five or six bytes', false, 'f888808080', 'fc8480808080'),
  ...group('6.9', 'the last sequence of a length', true, '7f', 'dfbf', 'efbfbf', 'f48fbfbf'),
  ...group('6.10', 'the last sequence beyond Unicode', false, 'f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'),
  ...group('6.11', 'another edge', true, 'ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf'),
  { id: '6.11.5', title: 'the first code point beyond Unicode', bytes: hex('f4908080'), isValid: false },
  ...group(
    ...(['6.12', 'continuation bytes of nothing', false] as const),
    ...['80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf', run(0x80, 0xbf)],
  ),
  ...group(
    ...(['6.13', 'first bytes alone', false] as const),
    ...[run(0xc0, 0xdf, '20'), run(0xe0, 0xef, '20'), run(0xf0, 0xf7, '20'), run(0xf8, 0xfb, '20'), 'fc20fd20'],
  ),
  ...group(
    ...(['6.14', 'a sequence without its last byte', false] as const),
    ...['c0', 'e080', 'f08080', 'f8808080', 'fc80808080', 'df', 'efbf', 'f7bfbf', 'fbbfbfbf', 'fdbfbfbfbf'],
  ),
  ...group('6.15', 'all of these', false, 'c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf'),
  ...group('6.16', 'bytes that are never in UTF-8', false, 'fe', 'ff', 'fefeffff'),
  ...group('6.17', 'a slash in too many bytes', false, 'c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'),
  ...group(
    ...(['6.18', 'the last sequence of a length that has too many bytes', false] as const),
    ...['c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'],
  ),
  ...group('6.19', 'NUL in too many bytes', false, 'c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'),
  ...group(
    ...(['6.20', 'a surrogate', false] as const),
    ...['eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'],
  ),
  ...group(
    ...(['6.21', 'a pair of surrogates', false] as const),
    ...['eda080edb080', 'eda080edbfbf', 'edadbfedb080', 'edadbfedbfbf'],
    ...['edae80edb080', 'edae80edbfbf', 'edafbfedb080', 'edafbfedbfbf'],
  ),
  ...group('6.22', 'a code point that is no character', true, ...nonCharacters),
  ...group('6.23', 'a special', true, 'efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd', 'efbfbe', 'efbfbf'),
];
