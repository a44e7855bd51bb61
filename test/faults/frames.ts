import { closeFrame, frame } from '../helpers/server.js';
import type { Expectation, Fault, FaultGroup } from './fault.js';
import { onLoopback } from './on-loopback.js';
import type { CountedPeer, CountingServer } from './servers/counting-server.js';

const broken: Expectation = { first: /^ConnectionClosedError 1006$/ };
/** We close with this code. It is fatal, because the server would send the same bytes again. */
const violated = (code: number): Expectation => ({
  first: new RegExp(`^FatalCloseError ${code} \\(fatal\\)$`),
  isFatal: true,
});
const goingAway: Expectation = { first: /^ConnectionClosedError 1001$/ };

/** A fault that the server causes once. */
const once = (
  name: string,
  expected: Expectation,
  act: (client: CountedPeer, server: CountingServer) => unknown,
): Fault => ({
  name,
  expected,
  start: onLoopback((server) => ({ inflict: () => void act(server.newest, server) })),
});

/** Bytes that no client may accept. */
const violation = (name: string, code: number, ...bytes: Uint8Array[]): Fault =>
  once(name, violated(code), ({ peer }) => peer.write(Buffer.concat(bytes)));

/** Codes that may not be sent (RFC 6455 section 7.4): reserved or out of range. */
const BAD_CLOSE_CODES = [0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_535];

const badClose = (code: number, name = `a Close frame holds code ${code}`) => violation(name, 1002, closeFrame(code));

const faults: readonly Fault[] = [
  once('a message comes in fragments, with control frames between them', {}, (client) => {
    const message = client.next();
    const fragments = [
      frame(0x01, message.slice(0, 1)),
      frame(0x89, 'a ping'),
      frame(0x00, message.slice(1, 3)),
      frame(0x8a, 'a pong'),
      frame(0x00),
      frame(0x80, message.slice(3)),
    ];
    client.peer.write(Buffer.concat(fragments));
  }),
  {
    name: 'frames come a byte at a time',
    expected: {},
    start: onLoopback((server) => {
      let hurry = () => {};
      return { inflict: () => void (hurry = server.newest.peer.trickle()), heal: () => hurry() };
    }),
  },
  once('a frame comes a byte at a time, and stops in the middle', { first: /^HeartbeatTimeoutError$/ }, (client) => {
    client.fallSilent();
    client.peer.fallSilent();
    client.peer.write(frame(0x81, ' '.repeat(60_000)).subarray(0, 4));
    client.peer.trickle();
    client.peer.write(Buffer.alloc(500, ' '));
  }),
  violation('a message of 16 MiB and a byte', 1009, frame64(0x82, Buffer.alloc(16 * 1024 * 1024 + 1))),
  violation('a reserved bit is set', 1002, frame(0xc1, '0')),
  violation('an opcode is unknown', 1002, frame(0x83)),
  violation('a control frame is fragmented', 1002, frame(0x09)),
  violation('a control frame is too long', 1002, frame(0x89, ' '.repeat(126))),
  violation('a message begins within another', 1002, frame(0x01, '['), frame(0x81, '0')),
  violation('a fragment belongs to nothing', 1002, frame(0x80, '0')),
  violation('text is no UTF-8', 1007, frame(0x81, Buffer.from([0xc3, 0x28]))),
  violation('a server masks its frames', 1002, Buffer.from([0x81, 0x81, 1, 2, 3, 4, 0x31])),
  violation('garbage', 1002, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
  {
    ...badClose(1005, 'a Close frame holds a code that may not be sent'),
    variants: BAD_CLOSE_CODES.map((code) => badClose(code)),
  },
  violation('a Close frame holds half a code', 1002, frame(0x88, 'x')),
  violation('a Close frame holds a reason that is no UTF-8', 1007, closeFrame(1000, Buffer.from([0xff]))),
  once('the TCP connection ends without a Close frame', broken, ({ peer }) => peer.halfClose()),
  once('the server closes with 1000', { first: /^ConnectionClosedError 1000$/ }, ({ peer }) => peer.closeWith(1000)),
  once('the server closes with 1008', { first: /^FatalCloseError 1008 \(fatal\)$/, isFatal: true }, ({ peer }) =>
    peer.closeWith(1008),
  ),
  once('the server closes, and gets no reply', goingAway, (client, { server }) => {
    client.fallSilent();
    client.peer.stopReading();
    client.peer.write(closeFrame(1001, 'going'));
    server.greet((next) => next !== client.peer && client.peer.readOn());
  }),
  once('data comes after a Close frame', goingAway, (client) => {
    client.next(); // a gap in the numbers: it shows if the data is delivered as a message
    client.peer.write(Buffer.concat([closeFrame(1001), frame(0x81, client.next())]));
    client.fallSilent();
  }),
  {
    ...once('our own close is not answered', { isCloseUnanswered: true }, ({ peer }) => peer.fallSilent()),
    isQuiet: true,
  },
];

/** A frame with a length of eight bytes. */
function frame64(first: number, payload: Uint8Array): Uint8Array {
  const header = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 6);
  return Buffer.concat([header, payload]);
}

export const frames: FaultGroup = { title: 'Frames', faults };
