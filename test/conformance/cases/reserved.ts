import { eachByte, eachFrame, numbered, PROTOCOL_ERROR, together } from '../case.js';
import type { Case } from '../case.js';
import { close, frame, OPCODES, ping, text } from '../frame.js';
import type { Reserved } from '../frame.js';

const HELLO = 'Hello, world!';
const BYTES = new Uint8Array(9).fill(0xfe);

const reserved = (rsv: Reserved, opcode: number = OPCODES.text, payload: string | Uint8Array = HELLO) =>
  frame(opcode, payload, { rsv });

const fails = { ending: PROTOCOL_ERROR } as const;
const failsBehindHello = { delivers: [HELLO], ending: PROTOCOL_ERROR } as const;

/** Reserved bits without an extension that gives them a meaning (section 5.2). */
export const reservedBits: readonly Case[] = [
  numbered('3.1', 'a text with reserved bits 1', together(reserved(1)), fails),
  numbered(
    '3.2',
    'a text, one with reserved bits 2, a ping',
    together(text(HELLO), reserved(2), ping()),
    failsBehindHello,
  ),
  numbered('3.3', 'the same with 3, frame by frame', eachFrame(text(HELLO), reserved(3), ping()), failsBehindHello),
  numbered('3.4', 'the same with 4, byte by byte', eachByte(text(HELLO), reserved(4), ping()), failsBehindHello),
  numbered('3.5', 'bytes with reserved bits 5', together(reserved(5, OPCODES.binary, BYTES)), fails),
  numbered('3.6', 'a ping with reserved bits 6', together(reserved(6, OPCODES.ping)), fails),
  numbered('3.7', 'a close with reserved bits 7', together({ ...close(1000), rsv: 7 }), fails),
];

const unknown = (first: number, group: string): Case[] => [
  numbered(`4.${group}.1`, `opcode ${first}`, together(frame(first)), fails),
  numbered(
    `4.${group}.2`,
    `opcode ${first + 1} with a payload`,
    together(frame(first + 1, 'reserved opcode payload')),
    fails,
  ),
  numbered(
    `4.${group}.3`,
    `a text, opcode ${first + 2}, a ping`,
    together(text(HELLO), frame(first + 2), ping()),
    failsBehindHello,
  ),
  numbered(
    `4.${group}.4`,
    `a text, opcode ${first + 3} with a payload, a ping`,
    together(text(HELLO), frame(first + 3, 'reserved opcode payload'), ping()),
    failsBehindHello,
  ),
  numbered(
    `4.${group}.5`,
    `the same with opcode ${first + 4}, byte by byte`,
    eachByte(text(HELLO), frame(first + 4, 'reserved opcode payload'), ping()),
    failsBehindHello,
  ),
];

/** Opcodes that nobody has defined (section 5.2). */
export const reservedOpcodes: readonly Case[] = [...unknown(3, '1'), ...unknown(11, '2')];
