import { networkInterfaces } from 'node:os';

/** Names, addresses and certificates. */
export const group = 'On the way to the server';

const hasNoHook = ({ command }) => command && 'its process has no hook for names';

function lacksTwoAddresses(adapter) {
  const addresses = Object.values(networkInterfaces()).flatMap((own) => own.map(({ address }) => address));
  return addresses.includes('::1') ? hasNoHook(adapter) : 'the machine has no ::1';
}

const hasMessages = (trial) => trial.until(() => trial.hasStopped || trial.client.saw('message').length > 2);

export const scenarios = [
  {
    id: 'dead-address',
    title: 'the name of the server has two addresses, ::1 and 127.0.0.1, and nothing listens at ::1',
    requires: { connects: 9000 },
    lacks: lacksTwoAddresses,
    async play(trial) {
      await trial.server.listen();
      trial.connect(0, 'two.test');
      await hasMessages(trial);
    },
  },
  {
    id: 'late-name',
    title: 'the name of the server is unknown for 1.5 s',
    requires: { connects: 9000 },
    lacks: hasNoHook,
    async play(trial) {
      await trial.server.listen();
      trial.connect(0, 'late.test');
      await trial.lasts(1500);
      trial.client.do({ do: 'resolve', host: 'late.test' });
      await hasMessages(trial);
    },
  },
  {
    id: 'certificate',
    title: 'nobody has signed the certificate of the server; the client may stop',
    requires: { mayStop: true, atMost: { connections: 0 }, atLeast: { 'attempts to connect': 1 } },
    isSecure: true,
    async play(trial) {
      await trial.server.listen();
      trial.connect();
      trial.send(1);
      await trial.until(() => trial.hasStopped || trial.server.attempts.length > 0);
      await trial.until(() => trial.hasStopped, 2000);
      trial.extra = { connections: trial.server.peers.length, 'attempts to connect': trial.server.attempts.length };
      trial.sent = 0; // nobody has got it
    },
  },
];
