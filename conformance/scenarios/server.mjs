import { setTimeout as pass } from 'node:timers/promises';
import { fault, outcome } from './fault.mjs';

/** A server that ends connections, or is not there. */
export const group = 'The server';

const broken = { notices: 2000, back: 5000 };

export const scenarios = [
  {
    id: 'not-there-yet',
    title: 'the client starts 1.5 s before the server',
    requires: { connects: 9000 },
    async play(trial) {
      await trial.server.listen();
      await trial.server.stop();
      trial.connect();
      await trial.lasts(1500);
      await trial.server.listen();
      await trial.until(() => trial.hasStopped || trial.client.saw('message').length > 2);
    },
  },
  fault({ id: 'reset', title: 'the connection is reset', begin: (server) => server.newest.reset(), requires: broken }),
  fault({
    id: 'end',
    title: 'the TCP connection ends without a Close frame',
    begin: (server) => server.newest.end(),
    requires: broken,
  }),
  fault({
    id: 'restart',
    title: 'the server is killed, and back after 2 s',
    begin: (server) => server.stop(),
    lasts: 2000,
    end: (server) => server.listen(),
    requires: broken,
  }),
  fault({
    id: 'deploy',
    title: 'the server closes with 1001, and is back after 1 s',
    begin: async (server) => {
      server.newest.sayAndClose(1001, 'going away');
      await pass(50);
      await server.stop();
    },
    lasts: 1000,
    end: (server) => server.listen(),
    requires: broken,
  }),
  fault({
    id: 'hang-up',
    title: 'the connection and all attempts are reset for 4 s',
    begin: (server) => {
      server.hangUp();
      server.reset();
    },
    lasts: 4000,
    end: (server) => server.accept(),
    requires: broken,
  }),
  {
    id: 'flapping',
    title: 'every connection is closed with 1011 as soon as it is open, for 4 s',
    requires: { back: 6000 },
    async play(trial) {
      await trial.server.listen();
      if (!(await trial.isConnected())) return;
      const { greet } = trial.server;
      await trial.fault((server) => {
        server.greet = trial.onceOpen((peer) => peer.sayAndClose(1011, ''));
        server.newest.sayAndClose(1011, '');
      });
      await trial.lasts(4000);
      await trial.heal((server) => (server.greet = greet));
      await outcome(trial, this.requires);
    },
  },
];
