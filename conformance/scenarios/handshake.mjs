import { fault, outcome } from './fault.mjs';

/** Handshakes that fail, or take their time. */
export const group = 'The handshake';

/** The connection is reset, and handshakes go wrong for a while. */
const goesWrong = (id, title, lasts, wrong, requires, after = 0) =>
  fault({
    id,
    title: `the connection is reset, and handshakes ${title}${lasts ? ` for ${lasts / 1000} s` : ''}`,
    begin: (server) => {
      wrong(server);
      server.reset();
    },
    after,
    lasts,
    end: (server) => server.accept(),
    requires,
  });

const broken = { notices: 2000, back: 5000 };

export const scenarios = [
  goesWrong('503', 'are refused with 503', 1500, (server) => server.refuse(503), broken),
  goesWrong('404', 'are refused with 404', 1500, (server) => server.refuse(404), { ...broken, mayStop: true }),
  {
    ...goesWrong('healthy-404', '', 1500, (server) => server.refuse(404), broken, 32_000),
    title: 'a connection of 32 s is reset, and handshakes are refused with 404 for 1.5 s, as during a deployment',
    isLong: true,
  },
  {
    id: '429',
    title: 'handshakes are refused with 429 and Retry-After: 2 for 2 s',
    requires: { notBefore: 1900, back: 7000 },
    async play(trial) {
      await trial.server.listen();
      trial.server.refuse(429, { 'retry-after': '2' });
      trial.connect();
      await trial.until(() => trial.hasStopped || trial.server.attempts.length > 0);
      await trial.fault(() => {});
      await trial.lasts(1950);
      await trial.heal((server) => server.accept());
      await outcome(trial, this.requires);
    },
  },
  goesWrong('401', 'are refused with 401', 0, (server) => server.refuse(401), { notices: 2000, stops: 4000 }),
  goesWrong('wrong-key', 'are accepted with a wrong key', 0, (server) => server.acceptWithWrongKey(), {
    notices: 2000,
    stops: 4000,
  }),
  {
    id: 'extension',
    title: 'handshakes are accepted for 1.5 s with an extension that the client has not offered',
    requires: { connects: 9000, mayStop: true, atMost: { 'connections with it': 0 } },
    async play(trial) {
      await trial.server.listen();
      trial.server.acceptWithExtension();
      trial.connect();
      await trial.until(() => trial.hasStopped || trial.server.attempts.length > 0); // a process may be slow to start
      await trial.lasts(1500);
      trial.extra = { 'connections with it': trial.client.saw('open').length };
      trial.server.accept();
      await trial.until(() => trial.hasStopped || trial.client.saw('message').length > 2);
    },
  },
  goesWrong('stalled', 'are not answered', 2500, (server) => server.stall(), broken),
  {
    id: 'slow',
    title: 'each handshake takes 0.8 s; the user sends five messages meanwhile',
    requires: { connects: 9000 },
    async play(trial) {
      await trial.server.listen();
      trial.server.accept(800);
      trial.connect();
      trial.send(5);
      await trial.until(() => trial.hasStopped || trial.client.saw('message').length > 2);
      await trial.until(() => trial.hasStopped || trial.hasAllThatWasSent(), 2000);
    },
  },
];
