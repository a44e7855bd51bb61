import { eachFrame, INVALID_DATA, numbered, PROTOCOL_ERROR, together } from '../case.js';
import type { Case, Ending } from '../case.js';
import { close, concat, frame, fragments, hex, OPCODES, ping, text } from '../frame.js';

const HELLO = 'Hello World!';
const LONG = 'BAsd7&jh23'.repeat(26_215); // 256 KiB
const closes = (code: number, reason?: string): { ending: Ending } => ({
  ending: { closes: code, ...(reason !== undefined && { reason }) },
});

const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const INVALID = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

const fails = { ending: PROTOCOL_ERROR } as const;
const [first, second] = fragments(OPCODES.text, 'fragment1', 'fragment2');

/** The closing handshake (sections 5.5.1 and 7). What comes behind a close is ignored. */
export const closing: readonly Case[] = [
  numbered('7.1.1', 'a text and a close', together(text(HELLO), close(1000)), { delivers: [HELLO], ...closes(1000) }),
  numbered('7.1.2', 'two closes', together(close(1000), close(1000)), closes(1000)),
  numbered('7.1.3', 'a close and a ping', together(close(1000), ping()), closes(1000)),
  numbered('7.1.4', 'a close and a text', together(close(1000), text(HELLO)), closes(1000)),
  numbered('7.1.5', 'a close in the middle of a message', eachFrame(first!, close(1000), second!), closes(1000)),
  numbered('7.1.6', 'a long text, a close and a ping', together(text(LONG), close(1000), ping()), {
    delivers: [LONG],
    ...closes(1000),
  }),
  numbered('7.3.1', 'a close without a code', together(close()), closes(1005)),
  numbered('7.3.2', 'a close of one byte', together(frame(OPCODES.close, 'a')), fails),
  numbered('7.3.3', 'a close with a code', together(close(1000)), closes(1000, '')),
  numbered('7.3.4', 'a close with a reason', together(close(1000, 'Hello World!')), closes(1000, 'Hello World!')),
  numbered('7.3.5', 'a reason of 123 bytes', together(close(1000, '*'.repeat(123))), closes(1000, '*'.repeat(123))),
  numbered('7.3.6', 'a reason of 124 bytes', together(close(1000, '*'.repeat(124))), fails),
  numbered(
    '7.5.1',
    'a reason that is not UTF-8',
    together(close(1000, concat([hex('cebae1bdb9cf83cebcceb5eda080'), hex('656469746564')]))),
    { ending: INVALID_DATA },
  ),
  ...VALID.map((code, index) => numbered(`7.7.${index + 1}`, `code ${code}`, together(close(code)), closes(code))),
  ...INVALID.map((code, index) =>
    numbered(`7.9.${index + 1}`, `code ${code}, which no frame may have`, together(close(code)), fails),
  ),
  numbered('7.13.1', 'code 5000, which nothing defines', together(close(5000)), fails),
  numbered('7.13.2', 'code 65535, which nothing defines', together(close(65_535)), fails),
];
