/** How the command is told to behave: as it does by itself, but quick enough to be watched. */
export const settings = [
  ['--batch', '20'],
  ['--every', '500'],
  ['--heartbeat', '500'],
  ['--heartbeat-timeout', '1200'],
  ['--delays', '300,600,900,1200,1500'],
].flat();

/**
 * A chapter for each connection attempt: what the server does, and what the command has to tell of it. `sees` holds how
 * its lines begin, in order; `trades` and `heartbeats` say whether there are to be some.
 */
export const chapters = [
  {
    title: 'Trades stream in, pings are answered. Then the server is killed, without a close frame.',
    async act(peer) {
      await peer.trade(2200);
      peer.kill();
    },
    sees: [
      'connecting attempt 1',
      'open ws://127.0.0.1:',
      'close 1006 without a close frame',
      'reconnecting retry 1 in 300 ms',
    ],
    trades: true,
    heartbeats: true,
  },
  {
    title: 'It is not up again: 503, and Retry-After asks for one second, more than the 600 ms that were due.',
    act: { status: 503, retryAfter: 1 },
    sees: ['connecting attempt 2', 'error', 'close 1006', 'reconnecting retry 2 in 1.0 s: The server refused'],
  },
  {
    title: 'Still 503, and one second again.',
    act: { status: 503, retryAfter: 1 },
    sees: ['connecting attempt 3', 'error', 'close 1006', 'reconnecting retry 3 in 1.0 s: The server refused'],
  },
  {
    title: 'Back, and then a planned restart: 1012. That asks for a wait of 5 to 30 s, shortened for the demo.',
    async act(peer) {
      await peer.trade(1300);
      peer.close(1012, 'restarting');
    },
    sees: [
      'connecting attempt 4',
      'open ws://127.0.0.1:',
      'close 1012 (restarting) by the peer',
      'reconnecting retry 4 in 1.2 s',
    ],
    trades: true,
  },
  {
    title: 'The server falls silent, and the TCP connection stays open. Only the heartbeat can notice.',
    async act(peer) {
      await peer.trade(1000);
      peer.fallSilent();
    },
    sees: [
      'connecting attempt 5',
      'open ws://127.0.0.1:',
      'close 1006 given up by us',
      'reconnecting retry 5 in 1.5 s: The peer gave no sign of life for 1200 ms',
    ],
    trades: true,
  },
  {
    title: 'One malformed message, which stops nothing. At last 4403, forbidden: no retry can cure that.',
    async act(peer) {
      await peer.trade(1000);
      peer.say('{"id": 0, "symbol": "BTC", "price":');
      await peer.trade(1300);
      peer.close(4403, 'subscription expired');
    },
    sees: [
      'connecting attempt 6',
      'open ws://127.0.0.1:',
      'rejected A message could not be decoded',
      'close 4403 (subscription expired) by the peer',
      'summary',
      'failed No retry can cure this: The connection was closed with code 4403',
    ],
    trades: true,
    heartbeats: true,
  },
];
