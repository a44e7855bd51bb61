import { eachByte, numbered, PROTOCOL_ERROR, together } from '../case.js';
import type { Case } from '../case.js';
import { bytesOf, hex, ping, pong } from '../frame.js';

const HELLO = 'Hello, world!';
const NOT_UTF8 = hex('00fffefdfcfb00ff');
const LONGEST = new Uint8Array(125).fill(0xfe);
const TEN = Array.from({ length: 10 }, (_, n) => `payload-${n}`);

/** Pings and pongs (sections 5.5.2 and 5.5.3): a pong for each ping, and none for a pong. */
export const pings: readonly Case[] = [
  numbered('2.1', 'a ping without a payload', together(ping()), { pongs: [bytesOf('')] }),
  numbered('2.2', 'a ping with a text', together(ping(HELLO)), { pongs: [bytesOf(HELLO)] }),
  numbered('2.3', 'a ping with bytes that are no text', together(ping(NOT_UTF8)), { pongs: [NOT_UTF8] }),
  numbered('2.4', 'a ping of 125 bytes', together(ping(LONGEST)), { pongs: [LONGEST] }),
  numbered('2.5', 'a ping of 126 bytes, which no control frame may have', together(ping(new Uint8Array(126))), {
    ending: PROTOCOL_ERROR,
  }),
  numbered('2.6', 'a ping of 125 bytes, byte by byte', eachByte(ping(LONGEST)), { pongs: [LONGEST] }),
  numbered('2.7', 'a pong that nobody asked for', together(pong())),
  numbered('2.8', 'a pong with a payload that nobody asked for', together(pong('unsolicited pong payload'))),
  numbered('2.9', 'such a pong, and a ping', together(pong('unsolicited pong payload'), ping('ping payload')), {
    pongs: [bytesOf('ping payload')],
  }),
  numbered('2.10', 'ten pings', together(...TEN.map(ping)), { pongs: TEN.map(bytesOf) }),
  numbered('2.11', 'ten pings, byte by byte', eachByte(...TEN.map(ping)), { pongs: TEN.map(bytesOf) }),
];
