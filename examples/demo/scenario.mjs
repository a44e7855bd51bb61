/** The options of the command: its behaviour is unchanged, but quick enough to watch. */
export const settings = [
  ['--strict'],
  ['--batch', '20'],
  ['--every', '500'],
  ['--heartbeat', '500'],
  ['--heartbeat-timeout', '1200'],
  ['--delays', '300,600,900,1200,1500'],
].flat();

/**
 * A chapter for each connection attempt: what the server does, and what the command has to log. `logs` has the beginning
 * of each line, in order. `trades` and `heartbeats` say whether there have to be some.
 */
export const chapters = [
  {
    title: 'Trades arrive, and pings are answered. Then the server is killed, without a Close frame.',
    async act(peer) {
      await peer.trade(2200);
      peer.kill();
    },
    logs: [
      'connecting attempt 1',
      'open ws://127.0.0.1:',
      'close 1006 without a Close frame',
      'reconnecting retry 1 in 300 ms',
    ],
    trades: true,
    heartbeats: true,
  },
  {
    title: 'The server is still down: 503, with a Retry-After of one second, longer than the 600 ms of the schedule.',
    act: { status: 503, retryAfter: 1 },
    logs: ['connecting attempt 2', 'error', 'close 1006', 'reconnecting retry 2 in 1.0 s: The server refused'],
  },
  {
    title: 'Still 503, with a Retry-After of one second.',
    act: { status: 503, retryAfter: 1 },
    logs: ['connecting attempt 3', 'error', 'close 1006', 'reconnecting retry 3 in 1.0 s: The server refused'],
  },
  {
    title:
      'The server is back, and then restarts as planned: 1012. Normally the client waits 5 to 30 s; the demo waits less.',
    async act(peer) {
      await peer.trade(1300);
      peer.close(1012, 'restarting');
    },
    logs: [
      'connecting attempt 4',
      'open ws://127.0.0.1:',
      'close 1012 (restarting) by the peer',
      'reconnecting retry 4 in 1.2 s',
    ],
    trades: true,
  },
  {
    title: 'The server stops sending, but the TCP connection stays open. Only the heartbeat detects this.',
    async act(peer) {
      await peer.trade(1000);
      peer.fallSilent();
    },
    logs: [
      'connecting attempt 5',
      'open ws://127.0.0.1:',
      'close 1006 terminated by us',
      'reconnecting retry 5 in 1.5 s: The peer gave no sign of life for 1200 ms',
    ],
    trades: true,
  },
  {
    title: 'A malformed message, which does not end the connection. At last 4403 (forbidden), which is not retried.',
    async act(peer) {
      await peer.trade(1000);
      peer.send('{"id": 0, "symbol": "BTC", "price":');
      await peer.trade(1300);
      peer.close(4403, 'subscription expired');
    },
    logs: [
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
