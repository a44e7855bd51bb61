import { most } from '../runner/facts.mjs';

/** Many clients at once. */
export const group = 'The herd';

const CLIENTS = 30;

/** Connects all of them. @returns {Promise<boolean>} whether that was possible */
async function isConnected(trial) {
  await trial.server.listen();
  for (let id = 0; id < CLIENTS; id++) trial.connect(id);
  const connected = () => new Set(trial.client.saw('message').map(({ id }) => id)).size === CLIENTS;
  return trial.until(() => trial.hasStopped || connected());
}

/** The largest part of the clients that comes back within 100 ms, in percent. */
async function comeBack(trial, begin, within) {
  const { server } = trial;
  if (!(await isConnected(trial))) return;
  await trial.fault(() => begin(server));
  await trial.until(() => trial.hasStopped || server.attempts.length >= 2 * CLIENTS, within);
  await trial.until(() => trial.hasStopped || trial.firstBack !== undefined, 3000);
  const firstOnes = server.attempts.slice(CLIENTS, 2 * CLIENTS);
  trial.extra = { 'percent of the herd within 100 ms': Math.round((most(firstOnes, 100) / CLIENTS) * 100) };
  for (let id = 1; id < CLIENTS; id++) trial.close(id);
}

/** The server asks all of them to wait for two seconds. */
async function wait(trial) {
  const { server } = trial;
  if (!(await isConnected(trial))) return;
  await trial.fault(() => {
    server.refuse(429, { 'retry-after': '2' });
    server.reset();
  });
  await trial.until(() => trial.hasStopped || server.attempts.length > CLIENTS, 3000);
  await trial.lasts(1900);
  trial.extra = { 'attempts while refused': server.attempts.length - CLIENTS };
  await trial.heal(() => server.accept());
  await trial.until(() => trial.hasStopped || trial.firstBack !== undefined, 7000);
  for (let id = 1; id < CLIENTS; id++) trial.close(id);
}

export const scenarios = [
  {
    id: 'herd-429',
    isHeavy: true,
    title: `the connections of ${CLIENTS} clients are reset, and handshakes refused with 429 and Retry-After: 2`,
    requires: { pace: Infinity, back: 7000, atMost: { 'attempts while refused': CLIENTS } },
    play: wait,
  },
  {
    id: 'herd',
    isHeavy: true,
    title: `all connections of ${CLIENTS} clients are reset`,
    requires: { pace: Infinity, atMost: { 'percent of the herd within 100 ms': 80 } },
    play: (trial) => comeBack(trial, (server) => server.reset(), 5000),
  },
];
