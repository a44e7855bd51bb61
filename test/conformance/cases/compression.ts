import { INVALID_DATA, numbered, PROTOCOL_ERROR, together } from '../case.js';
import type { Case, Compression, Payload } from '../case.js';
import { COMPRESSED, frame, fragments, hex, OPCODES, wireBytes } from '../frame.js';

const SIZES = [16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072];
/** A message, and the bytes of each of its frames. */
const IN_FRAMES = [
  ...[
    [8192, 256],
    [16_384, 256],
    [32_768, 256],
    [65_536, 256],
    [131_072, 256],
  ],
  ...[
    [131_072, 1024],
    [131_072, 4096],
    [131_072, 32_768],
  ],
] as const;

const MESSAGES = 3;

/** Numbers that are the same in every run. */
function* noise(): Generator<number, never> {
  for (let state = 1; ;) yield (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function bytes(size: number, most: number): Uint8Array {
  const dice = noise();
  return Uint8Array.from({ length: size }, () => dice.next().value % most);
}

const json = (size: number) =>
  JSON.stringify(times(Math.ceil(size / 40), (id) => ({ id, symbol: `SYM${id % 50}`, price: id * 1.25 }))).slice(
    0,
    size,
  );
const prose = (size: number) =>
  'It was the best of times, it was the worst of times. '.repeat(size / 50 + 1).slice(0, size);
const cyrillic = (size: number) => 'Съешь ещё этих мягких булок. '.repeat(size / 40 + 1).slice(0, size / 2);

const data: readonly (readonly [name: string, make: (size: number) => Payload])[] = [
  ['JSON', json],
  ['noise', (size) => bytes(size, 256)],
  ['prose', prose],
  ['Cyrillic', cyrillic],
  ['bytes of two values', (size) => bytes(size, 2)],
];

const several = (message: Payload, each?: number) => times(MESSAGES, () => ({ message, ...(each && { each }) }));

const compressed = (id: string, title: string, message: Payload, compression: Compression, each?: number): Case =>
  numbered(id, title, several(message, each), { delivers: times(MESSAGES, () => message), compression });

const PARAMETERS: readonly Compression[] = [
  {},
  { serverNoContextTakeover: true },
  { serverMaxWindowBits: 9 },
  { serverMaxWindowBits: 15 },
  { serverNoContextTakeover: true, serverMaxWindowBits: 9 },
  { serverNoContextTakeover: true, serverMaxWindowBits: 15 },
  { clientNoContextTakeover: true, clientMaxWindowBits: 9 },
];

const described = (compression: Compression) =>
  Object.entries(compression)
    .map(([name, value]) => (value === true ? name : `${name} ${value}`))
    .join(', ') || 'no parameters';

const raw = (payload: Uint8Array, opcode: number = OPCODES.text) => frame(opcode, payload, { rsv: COMPRESSED });

/** `Hello` without a compressor (RFC 7692 section 7.2.3.1). */
const HELLO = hex('f248cdc9c90700');

/** Compressed messages (RFC 7692). The last group is not in the public suite. */
export const compression: readonly Case[] = [
  ...data.flatMap(([name, make], set) => [
    ...SIZES.map((size, index) => compressed(`12.${set + 1}.${index + 1}`, `${name}, ${size} bytes`, make(size), {})),
    ...IN_FRAMES.map(([size, each], index) =>
      compressed(`12.${set + 1}.${index + 11}`, `${name}, ${size} bytes in frames of ${each}`, make(size), {}, each),
    ),
  ]),
  ...PARAMETERS.flatMap((parameters, set) =>
    [16, 1024, 65_536].map((size, index) =>
      compressed(`13.${set + 1}.${index + 1}`, `${described(parameters)}, ${size} bytes`, json(size), parameters),
    ),
  ),
  numbered('14.1', 'a compressed text', together(raw(HELLO)), { delivers: ['Hello'], compression: {} }),
  numbered('14.2', 'bytes that no compressor makes', together(raw(hex('ffffffff00ff'))), {
    ...{ ending: INVALID_DATA, compression: {} },
  }),
  numbered('14.3', 'a compressed ping', together(raw(HELLO, OPCODES.ping)), {
    ending: PROTOCOL_ERROR,
    compression: {},
  }),
  numbered(
    '14.4',
    'a text whose second frame says that it is compressed',
    fragments(OPCODES.text, HELLO.subarray(0, 3), HELLO.subarray(3)).map((part) =>
      wireBytes({ ...part, rsv: COMPRESSED }),
    ),
    { ending: PROTOCOL_ERROR, compression: {} },
  ),
  numbered('14.5', 'a compressed text that is not UTF-8', together(raw(hex('faffff1f00'))), {
    ...{ ending: INVALID_DATA, compression: {} },
  }),
];
