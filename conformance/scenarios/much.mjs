import { fault, outcome } from './fault.mjs';

/** Long messages, and many of them. */
export const group = 'Much at once';

export const scenarios = [
  fault({
    id: 'slow-uplink',
    isHeavy: true,
    title: 'the user sends a message of 20 MB, of which the server reads 8 MB/s for 2 s: pings wait behind it',
    begin: (server, trial) => {
      const peer = server.newest;
      peer.stopStream();
      peer.readSlowly(8_000_000, 2000); // TCP passes on steps of more than a megabyte
      trial.client.do({ do: 'send', id: 0, text: 'long', bytes: 20_000_000 });
      trial.extra = {
        get 'long messages'() {
          return peer.got.filter((text) => text.startsWith('long')).length;
        },
      };
    },
    lasts: 2000,
    end: () => {},
    requires: { stays: true, atLeast: { 'long messages': 1 } },
  }),
  {
    id: 'oversized',
    isHeavy: true,
    title: 'a message of 17 MB comes, and 20 short ones behind it; the client may stop or come back',
    requires: { mayStop: true, atLeast: { 'messages behind it': 3 } },
    async play(trial) {
      const { client, server } = trial;
      await server.listen();
      if (!(await trial.isConnected())) return;
      const peer = server.newest;
      peer.stopStream();
      peer.sendNext(17_000_000);
      const last = peer.sent;
      for (let n = 0; n < 20; n++) peer.sendNext();
      const isBehind = ({ text }) => {
        const [connection, n] = text.split(':').map(Number);
        return connection > peer.index || (connection === peer.index && n > last);
      };
      const behind = () => client.saw('message').filter(isBehind).length;
      await trial.until(() => trial.hasStopped || behind() >= 3);
      if (!trial.hasStopped) trial.extra = { 'messages behind it': behind() };
    },
  },
  {
    id: 'outbox',
    isHeavy: true,
    title: 'the user sends 5000 messages while the server is away',
    requires: { notices: 2000, back: 6000, atMost: { 'messages that waited': 2500 } },
    async play(trial) {
      const { client, server } = trial;
      await server.listen();
      if (!(await trial.isConnected())) return;
      await trial.fault(() => server.stop());
      await trial.until(() => trial.hasStopped || client.saw('close', trial.faultAt).length > 0, 1500);
      client.do({ do: 'send', id: 0, text: 'waits', count: 5000 });
      await trial.lasts(1000);
      await trial.heal(() => server.listen());
      await outcome(trial, this.requires);
      const waited = () => server.peers.flatMap(({ got }) => got).filter((text) => text === 'waits').length;
      for (let before = -1; before < waited(); await trial.lasts(200)) before = waited();
      trial.extra = { 'messages that waited': waited() };
    },
  },
];
