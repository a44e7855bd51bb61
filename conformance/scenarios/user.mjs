import { outcome } from './fault.mjs';

/** What the user does, and must be able to rely on. */
export const group = 'The user';

export const scenarios = [
  {
    id: 'sent-offline',
    title: 'the user sends 20 messages while the server is away',
    requires: { notices: 2000, back: 5000 },
    async play(trial) {
      await trial.server.listen();
      if (!(await trial.isConnected())) return;
      await trial.fault((server) => server.stop());
      await trial.until(() => trial.hasStopped || trial.client.saw('close', trial.faultAt).length > 0, 1500);
      trial.send(20);
      await trial.lasts(1000);
      await trial.heal((server) => server.listen());
      await outcome(trial, this.requires);
    },
  },
  {
    id: 'sent-at-open',
    title: 'the user greets each connection when it opens; the first one is reset',
    requires: { notices: 2000, back: 5000, atLeast: { greetings: 2 }, atMost: { greetings: 2 } },
    async play(trial) {
      const { server } = trial;
      trial.extra = {
        get greetings() {
          return server.peers
            .slice(0, 2)
            .flatMap(({ got }) => got)
            .filter((text) => text === 'hello').length;
        },
      };
      trial.client.do({ do: 'greet', text: 'hello' });
      await server.listen();
      if (!(await trial.isConnected())) return;
      await trial.fault(() => server.newest.reset());
      await outcome(trial, this.requires);
      await trial.until(() => trial.extra.greetings > 1, 500);
    },
  },
  {
    id: 'flood',
    isHeavy: true,
    title: 'the server sends 30 MB as fast as the client takes it; the user needs 2 ms for each KB',
    requires: { atMost: { 'messages that wait': 5000, gaps: 0 }, atLeast: { 'messages of the flood': 100 } },
    async play(trial) {
      const { client, server } = trial;
      await server.listen();
      if (!(await trial.isConnected())) return;
      client.do({ do: 'slow', ms: 2 });
      server.newest.flood(30_000, 1000);
      await trial.lasts(2000);
      client.do({ do: 'facts' });
      await trial.until(() => trial.hasStopped || client.saw('facts').length > 0, 6000);
      const { waiting = 0, received = 0, gaps = 0 } = client.saw('facts')[0] ?? {};
      trial.extra = { 'messages that wait': waiting, 'messages of the flood': received, gaps };
    },
  },
  {
    id: 'closed-while-connecting',
    title: 'the user closes the client while the handshake stalls',
    closesItself: true,
    requires: {},
    async play(trial) {
      await trial.server.listen();
      trial.server.stall();
      trial.connect();
      await trial.until(() => trial.hasStopped || trial.server.attempts.length > 0);
      trial.close();
    },
  },
  {
    id: 'closed-while-waiting',
    title: 'the user closes the client while all attempts are reset',
    closesItself: true,
    requires: {},
    async play(trial) {
      await trial.server.listen();
      if (!(await trial.isConnected())) return;
      trial.server.hangUp();
      trial.server.reset();
      await trial.lasts(700);
      trial.close();
      await trial.lasts(1500);
    },
  },
  {
    id: 'close-unanswered',
    title: 'the user closes the client, and the server does not answer',
    closesItself: true,
    requires: {},
    async play(trial) {
      await trial.server.listen();
      if (!(await trial.isConnected())) return;
      trial.server.newest.fallSilent();
      trial.close();
    },
  },
];
