import type { Findings } from './program/program.js';
import type { Traits } from './places/place-kind.js';

const said = (is: boolean) => (is ? 'yes' : 'no');

const LOST = 'connecting 1, open 1, close 1006 local unclean';
const NO_FRAMES = 'This transport has no ping frames: give `heartbeat` a `ping` function.';
const NO_HEADERS = 'Expected `headers` to be left out: this transport cannot set any, got object.';

/** What comes of the program in a place: the same everywhere, but for what its sockets can do. */
export const expected = ({ pings, pauses, headers, answer, ends, page = false, network = page }: Traits): Findings => ({
  'connects, with a subprotocol': 'chat',
  'sends and receives text': 'yes',
  'sends and receives bytes': 'yes',
  'reconnects when the connection breaks':
    'open 1, close 1006 remote unclean, reconnecting, connecting 2, open 2, close 1000 local, |',
  'is closed by the server': 'connecting 1, open 1, close 4002 enough remote, ConnectionClosedError',
  'closes with a code': 'connecting 1, open 1, close 4001 done local, |; the server: 4001 done',
  'closes after the last unsubscribe': '1000 ',
  'keeps a healthy peer, by text': '3 answers',
  'keeps a healthy peer, by ping frames': pings ? '3 answers' : `WebSocketError: ${NO_FRAMES}`,
  'gives up a silent peer, by text': `${LOST}, HeartbeatTimeoutError`,
  'gives up a silent peer, by ping frames': `${LOST}, ${pings ? 'HeartbeatTimeoutError' : 'WebSocketError'}`,
  'ends the connection to a silent peer at once': said(ends),
  'closes a silent peer within closeTimeout': `${LOST}, |`,
  'gives up an attempt that takes too long': 'connecting 1, close 1006 local unclean, ConnectTimeoutError',
  "counts the server's pings": said(pings),
  'sends headers': headers ? 'secret' : `TypeError: ${NO_HEADERS}`,
  "reads the answer's headers": answer ? 'platforms' : 'no',
  'stops a server by a pause': said(pauses),
  'reads the reason of a refusal': `connecting 1, close 1006 remote unclean, HandshakeError; ${answer ? '503 after 7000' : 'no'}`,
  'knows whether it is online, and whether it is a page': `online, ${page ? 'a page' : 'no page'}`,
  'waits for a network': network ? 'offline, it is back, online' : 'of which nothing is known',
  "passes users' tests in virtual time": 'all 11',
});
