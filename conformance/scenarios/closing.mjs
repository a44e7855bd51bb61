import { fault, outcome } from './fault.mjs';

/** Codes with which a server closes, and what they ask for. */
export const group = 'Close codes';

const closeWith = (code, reason, requires, rest = {}) =>
  fault({
    id: `close-${code}`,
    title: `the server closes with ${code}${reason && ` “${reason}”`}`,
    begin: (server) => server.newest.sayAndClose(code, reason),
    requires,
    ...rest,
  });

const retried = { notices: 2000, back: 5000 };

/** Every connection is closed with this code as soon as it is open: no retry can help. */
const closedForEver = (code, reason) => ({
  id: `always-${code}`,
  title: `every connection is closed with ${code} “${reason}” as soon as it is open`,
  requires: { stops: 4000 },
  async play(trial) {
    await trial.server.listen();
    trial.server.greet = trial.onceOpen((peer) => peer.sayAndClose(code, reason));
    trial.connect();
    await trial.until(() => trial.hasStopped || trial.server.peers.length > 0);
    await trial.fault(() => undefined);
    await outcome(trial, this.requires);
  },
});

export const scenarios = [
  closeWith(1000, '', retried),
  closeWith(1001, '', retried),
  closeWith(1011, 'keepalive timeout', retried),
  closeWith(4000, 'an end of its own', retried),
  closeWith(1013, 'try again later', { notices: 2000, notBefore: 3000 }),
  closedForEver(1008, 'policy'),
  closedForEver(4401, 'unauthorized'),
  closedForEver(4403, 'forbidden'),
  {
    ...closeWith(1008, 'pong timeout', retried, { after: 32_000, isLong: true }),
    id: 'healthy-1008',
    title: 'the server closes a connection of 32 s with 1008 “pong timeout”',
  },
  fault({
    id: 'last-words',
    title: 'three messages and the Close frame come in one packet',
    begin: (server) => server.newest.sayAndClose(1001, '', 3),
    requires: retried,
  }),
];
