import { numbered, together } from '../case.js';
import type { Case, Payload } from '../case.js';
import { binary, chop, fragments, OPCODES, text, wireBytes } from '../frame.js';

const KIB = 1024;
const MIB = 1024 * KIB;

const stars = (size: number) => '*'.repeat(size);
const fe = (size: number) => new Uint8Array(size).fill(0xfe);

interface Kind {
  readonly groups: readonly [whole: number, fragments: number, chops: number, many: number];
  readonly opcode: number;
  readonly name: string;
  payload(size: number): Payload;
  write(size: number): Uint8Array[];
}

const kinds: readonly Kind[] = [
  {
    ...{ groups: [1, 3, 5, 7], opcode: OPCODES.text, name: 'a text' },
    payload: stars,
    write: (size) => together(text(stars(size))),
  },
  {
    ...{ groups: [2, 4, 6, 8], opcode: OPCODES.binary, name: 'a binary message' },
    payload: fe,
    write: (size) => together(binary(fe(size))),
  },
];

const parts = (size: number, of: number) => chop(fe(size), of);

function ofKind({ groups: [whole, fragmented, chopped, many], opcode, name, payload, write }: Kind): Case[] {
  const inFrames = (size: number, each: number) =>
    opcode === OPCODES.text
      ? fragments(opcode, ...Array.from({ length: size / each }, () => stars(each)))
      : fragments(opcode, ...parts(size, each));
  return [
    ...[64 * KIB, 256 * KIB, MIB, 4 * MIB].map((size, index) =>
      numbered(`9.${whole}.${index + 1}`, `${name} of ${size / KIB} KiB`, write(size), { delivers: [payload(size)] }),
    ),
    ...[64, KIB, 16 * KIB, 256 * KIB].map((each, index) =>
      numbered(
        `9.${fragmented}.${index + 1}`,
        `${name} of a MiB in frames of ${each}`,
        together(...inFrames(MIB, each)),
        {
          delivers: [payload(MIB)],
        },
      ),
    ),
    ...[64, 256, KIB, 2 * KIB].map((each, index) =>
      numbered(
        `9.${chopped}.${index + 1}`,
        `${name} of 256 KiB in writes of ${each}`,
        chop(write(256 * KIB)[0]!, each),
        {
          delivers: [payload(256 * KIB)],
        },
      ),
    ),
    ...[0, 16, 64, 256, KIB, 4 * KIB].map((size, index) =>
      numbered(`9.${many}.${index + 1}`, `${name} of ${size} bytes, a hundred times`, Array(100).fill(write(size)[0]), {
        delivers: Array(100).fill(payload(size)) as Payload[],
      }),
    ),
  ];
}

/** Long messages, many frames, many writes, many messages. */
export const limits: readonly Case[] = [
  ...kinds.flatMap(ofKind),
  numbered(
    '10.1.1',
    'a text of 64 KiB in frames of 1300 bytes',
    fragments(OPCODES.text, ...chop(new Uint8Array(64 * KIB).fill(0x2a), 1300)).map(wireBytes),
    { delivers: [stars(64 * KIB)] },
  ),
];
