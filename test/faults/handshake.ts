import type { Fault, FaultGroup } from './fault.js';
import { inHandshake } from './on-loopback.js';

/** The length of the server's answer to a handshake, less one: with one byte more, it is complete. */
export const CONSENT = 129;

const stallAt = (byte: number, name = `the handshake stalls after ${byte} bytes`): Fault =>
  inHandshake(name, { meanwhile: /^ConnectTimeoutError$/ }, (server) => server.stallAt(byte));

const faults: readonly Fault[] = [
  {
    ...stallAt(CONSENT >> 1, 'the connection ends, and handshakes stall, at whichever byte'),
    variants: Array.from({ length: CONSENT }, (_, byte) => stallAt(byte)),
  },
  inHandshake(
    'the connection ends, and handshakes are hung up on',
    { meanwhile: /^HandshakeError ECONNRESET$/ },
    (server) => server.hangUp(),
  ),
  inHandshake(
    'the connection ends, and handshakes are answered with garbage',
    { meanwhile: /^HandshakeError HPE_INVALID_CONSTANT$/ },
    (server) => server.answerWith('\0garbage\r\n\r\n'),
  ),
  inHandshake(
    'the connection ends, and handshakes are refused with 503',
    { meanwhile: /^HandshakeError 503$/ },
    (server) => server.refuse(503),
  ),
  inHandshake(
    'the connection ends, and handshakes are refused with 401',
    { meanwhile: /^FatalCloseError 401 \(fatal\)$/, isFatal: true },
    (server) => server.refuse(401),
  ),
  inHandshake(
    'the connection ends, and handshakes are accepted with a wrong key',
    { meanwhile: /^HandshakeError \(fatal\)$/, isFatal: true },
    (server) => server.acceptWith({ 'sec-websocket-accept': 'AAAA' }),
  ),
];

export const handshake: FaultGroup = { title: 'The handshake', faults };
