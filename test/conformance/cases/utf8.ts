import { eachByte, eachFrame, INVALID_DATA, numbered, together } from '../case.js';
import type { Case } from '../case.js';
import { chop, concat, fragments, hex, OPCODES, text, wireBytes } from '../frame.js';
import { KOSME, sequences } from './utf8-sequences.js';

const { text: TEXT } = OPCODES;
const decoder = new TextDecoder();

const MIXED = 'Hello-µ@ßöäüàá-UTF-8!!';
const mixed = new TextEncoder().encode(MIXED);
const edited = new TextEncoder().encode('edited');
const surrogate = concat([KOSME, hex('eda080'), edited]);

const kosme = { delivers: [decoder.decode(KOSME)] };
const invalid = { ending: INVALID_DATA } as const;

/** What is sent before and after the wait at which a client that decodes at once has failed. */
const WAIT = 400;
const early = { ...invalid, early: 2 };

const beyond = hex('f4908080');
const oneByte = (bytes: Uint8Array) => eachFrame(...fragments(TEXT, ...chop(bytes, 1)));

/** One frame, written in parts. */
function parts(...payloads: readonly Uint8Array[]): Uint8Array[] {
  const whole = concat(payloads);
  const head = wireBytes(text(whole)).subarray(0, -whole.length);
  return payloads.map((payload, index) => (index === 0 ? concat([head, payload]) : payload));
}

const frames = (...payloads: readonly Uint8Array[]): Uint8Array[] => eachFrame(...fragments(TEXT, ...payloads));

const waiting = ([first, second, third]: readonly Uint8Array[]) => [first!, second!, WAIT, third!];

/** Texts must be UTF-8 (section 8.1), whatever frames and writes they come in. */
export const utf8: readonly Case[] = [
  numbered('6.1.1', 'an empty text', together(text('')), { delivers: [''] }),
  numbered('6.1.2', 'an empty text in three frames', together(...fragments(TEXT, '', '', '')), { delivers: [''] }),
  numbered('6.1.3', 'a text between two empty frames', together(...fragments(TEXT, '', 'middle frame payload', '')), {
    delivers: ['middle frame payload'],
  }),
  numbered('6.2.1', 'UTF-8', together(text(MIXED)), { delivers: [MIXED] }),
  numbered(
    '6.2.2',
    'UTF-8 in two frames, between code points',
    together(...fragments(TEXT, 'Hello-µ@ßöä', 'üàá-UTF-8!!')),
    { delivers: [MIXED] },
  ),
  numbered('6.2.3', 'UTF-8 in frames of a byte', oneByte(mixed), { delivers: [MIXED] }),
  numbered('6.2.4', 'Greek in frames of a byte', oneByte(KOSME), kosme),
  numbered('6.3.1', 'a surrogate inside', together(text(surrogate)), invalid),
  numbered('6.3.2', 'the same in frames of a byte', oneByte(surrogate), invalid),
  numbered('6.4.1', 'an invalid frame between two valid ones', waiting(frames(KOSME, beyond, edited)), early),
  numbered(
    '6.4.2',
    'a frame that can not be completed to a code point',
    waiting(frames(concat([KOSME, hex('f4')]), hex('90'), concat([hex('8080'), edited]))),
    early,
  ),
  numbered('6.4.3', 'the first one in one frame', waiting(parts(KOSME, beyond, edited)), early),
  numbered(
    '6.4.4',
    'the second one in one frame',
    waiting(parts(concat([KOSME, hex('f4')]), hex('90'), concat([hex('8080'), edited]))),
    early,
  ),
  ...sequences.map(({ id, title, bytes, isValid }) =>
    numbered(
      id,
      `${title}: ${isValid ? 'valid' : 'invalid'}`,
      id.startsWith('6.6.') ? eachByte(text(bytes)) : together(text(bytes)),
      isValid ? { delivers: [decoder.decode(bytes)] } : invalid,
    ),
  ),
];
