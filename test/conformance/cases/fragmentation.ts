import { eachByte, eachFrame, numbered, PROTOCOL_ERROR, together } from '../case.js';
import type { Case } from '../case.js';
import { bytesOf, fragments, frame, OPCODES, ping, text } from '../frame.js';

const { continuation, pong: PONG, ping: PING, text: TEXT } = OPCODES;
const HELLO = 'Hello, world!';
const PARTS = ['fragment1', 'fragment2', 'fragment3', 'fragment4', 'fragment5'];

const two = fragments(TEXT, 'fragment1', 'fragment2');
const five = fragments(TEXT, ...PARTS);
const both = { delivers: ['fragment1fragment2'] };
const withPing = { ...both, pongs: [bytesOf('ping payload')] };
const between = [two[0]!, ping('ping payload'), two[1]!];
const nothingToContinue = (fin: boolean) => [frame(continuation, 'non-continuation payload', { fin }), text(HELLO)];
const fails = { ending: PROTOCOL_ERROR } as const;
const failsBehindBoth = { ...both, ...fails };

const pinged = { delivers: [PARTS.join('')], pongs: ['pongme 1!', 'pongme 2!'].map(bytesOf) };
const slowly = [...five.slice(0, 2), ping('pongme 1!'), ...five.slice(2, 4), ping('pongme 2!'), five[4]!];

/** Messages in several frames (section 5.4). */
export const fragmentation: readonly Case[] = [
  numbered('5.1', 'a ping in two frames', together(...fragments(PING, 'fragment1', 'fragment2')), fails),
  numbered('5.2', 'a pong in two frames', together(...fragments(PONG, 'fragment1', 'fragment2')), fails),
  numbered('5.3', 'a text in two frames', together(...two), both),
  numbered('5.4', 'the same, frame by frame', eachFrame(...two), both),
  numbered('5.5', 'the same, byte by byte', eachByte(...two), both),
  numbered('5.6', 'a text in two frames with a ping between them', together(...between), withPing),
  numbered('5.7', 'the same, frame by frame', eachFrame(...between), withPing),
  numbered('5.8', 'the same, byte by byte', eachByte(...between), withPing),
  numbered('5.9', 'a last continuation of nothing, and a text', together(...nothingToContinue(true)), fails),
  numbered('5.10', 'the same, frame by frame', eachFrame(...nothingToContinue(true)), fails),
  numbered('5.11', 'the same, byte by byte', eachByte(...nothingToContinue(true)), fails),
  numbered('5.12', 'a continuation of nothing, and a text', together(...nothingToContinue(false)), fails),
  numbered('5.13', 'the same, frame by frame', eachFrame(...nothingToContinue(false)), fails),
  numbered('5.14', 'the same, byte by byte', eachByte(...nothingToContinue(false)), fails),
  numbered(
    '5.15',
    'a text in two frames, a continuation of nothing, and a text',
    together(...two, frame(continuation, 'fragment3', { fin: false }), text('fragment4')),
    failsBehindBoth,
  ),
  numbered(
    '5.16',
    'twice a continuation of nothing and a text in two frames',
    together(...[...nothingToContinue(false).slice(0, 1), ...two, ...nothingToContinue(false).slice(0, 1), ...two]),
    fails,
  ),
  numbered(
    '5.17',
    'twice a last continuation of nothing and a text in two frames',
    together(...[...nothingToContinue(true).slice(0, 1), ...two, ...nothingToContinue(true).slice(0, 1), ...two]),
    fails,
  ),
  numbered(
    '5.18',
    'a text in two frames which both say that they begin it',
    together(frame(TEXT, 'fragment1', { fin: false }), text('fragment2')),
    fails,
  ),
  numbered(
    '5.19',
    'a text in five frames with two pings and a pause between them',
    [...eachFrame(...slowly.slice(0, 3)), 300, ...eachFrame(...slowly.slice(3))],
    pinged,
  ),
  numbered(
    '5.20',
    'the same, byte by byte',
    [...eachByte(...slowly.slice(0, 3)), 300, ...eachByte(...slowly.slice(3))],
    pinged,
  ),
];
