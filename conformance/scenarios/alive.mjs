import { fault } from './fault.mjs';
import { violations } from '../server/frames.mjs';

/** What is dead, and what only seems so. */
export const group = 'What is alive';

const violated = (id, title, bytes) =>
  fault({
    id,
    title,
    begin: (server) => server.newest.socket.write(bytes),
    requires: { notices: 2000, back: 5000, mayStop: true },
  });

export const scenarios = [
  fault({
    id: 'half-open',
    title: 'the connection stays, but nothing comes any more',
    begin: (server) => server.newest.fallSilent(),
    requires: { notices: 4000, back: 6000 },
  }),
  fault({
    id: 'quiet',
    title: 'there are no messages for 2.5 s, but the server pings every 0.3 s',
    begin: (server, trial) => {
      const peer = server.newest;
      peer.stopStream();
      peer.ping(300);
      trial.extra = {
        get pongs() {
          return peer.pongs;
        },
      };
    },
    requires: { stays: true, atLeast: { pongs: 4 } },
  }),
  fault({
    id: 'long-message',
    title: 'a message of 800 KB comes at 300 KB/s',
    begin: (server) => {
      const peer = server.newest;
      peer.stopStream();
      peer.throttle(300_000);
      peer.mustArrive = true;
      peer.sendNext(800_000);
    },
    lasts: 2000,
    end: () => {},
    requires: { stays: true },
  }),
  fault({
    id: 'blocked',
    title: 'the client computes for 2.5 s, and does nothing else',
    begin: (_, trial) => trial.client.do({ do: 'block', ms: 2500 }),
    lasts: 2500,
    requires: { stays: true },
  }),
  fault({
    id: 'frozen',
    title: 'the process of the client is stopped for 2.5 s (SIGSTOP)',
    begin: (_, trial) => trial.client.freeze(),
    lasts: 2500,
    end: (_, trial) => trial.client.thaw(),
    requires: { stays: true },
  }),
  fault({
    id: 'clock',
    title: 'the wall clock is set an hour forward, then two hours back, and the connection is reset',
    needsClock: true,
    begin: (_, trial) => trial.clock.step(3_600_000),
    lasts: 1500,
    end: (server, trial) => {
      trial.clock.step(-7_200_000);
      server.newest.reset();
    },
    requires: { back: 5000 },
  }),
  violated('reserved-bit', 'a frame has a reserved bit', violations.reservedBit),
  violated('invalid-utf8', 'a text is not UTF-8', violations.invalidUtf8),
  violated('masked', 'the server masks a frame', violations.masked),
];
