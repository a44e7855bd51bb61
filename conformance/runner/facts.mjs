/**
 * What happened in a trial, in numbers. Times are in milliseconds, and absent where a thing did not happen.
 *
 * @typedef {object} Facts
 * @property {boolean} hasFault whether anything was done to the connection
 * @property {number} [connected] from the start to the first message
 * @property {number} [noticed] from the fault to the end of the connection, as the client or the server saw it
 * @property {number} [back] from the end of the fault to the next message
 * @property {number} [stopped] from the fault to the client's end by itself
 * @property {number} attempts how many TCP connections there were after the fault began
 * @property {number} [nextAttempt] from the fault to the next attempt
 * @property {number} attemptsAfterClose
 * @property {number} rate the most attempts in a second after the fault began
 * @property {number} lost messages, in both directions
 * @property {number} doubled
 * @property {number} reordered
 * @property {number} connections how many there were at the end, where one was right
 * @property {string[]} left what was left behind after the user had closed the client
 * @property {string} [crash] the last words of the process
 * @property {Record<string, number>} extra facts of single scenarios
 */

/** An attempt that is under way when the user closes the client may still be seen, in milliseconds. */
const GRACE = 300;

/**
 * @param {import('./trial.mjs').Trial} trial
 * @returns {Facts}
 */
export function factsOf(trial) {
  const { client, server, startedAt, faultAt = startedAt, healedAt = faultAt, closedAt } = trial;
  const { connections, left, crash, extra } = trial;
  const since = (start, event) => event && Math.max(0, event.at - start);
  const attempts = server.attempts.filter((at) => at >= faultAt && at < closedAt);
  const before = client.events.filter(({ at }) => at < closedAt);
  const gaveUp = before.find(({ saw }) => saw === 'give-up');
  const ended = before.find(({ saw, at }) => at >= faultAt && (saw === 'close' || saw === 'give-up'));
  const hasFault = trial.faultAt !== undefined;
  const firstAttempt = hasFault && attempts.length > 0 ? { at: attempts[0] } : undefined;
  const firstEnd = [ended, firstAttempt].filter(Boolean).sort((a, b) => a.at - b.at)[0];

  const received = sum(receivedBy(client).map((arrived) => tally(arrived)));
  received.lost = tally(receivedBy(client).flat(), expectedOf(trial)).lost;
  const sent = tally(
    server.peers.flatMap(({ got }) => got.filter((text) => /^\d+$/.test(text)).map(Number)),
    Array.from({ length: trial.sent }, (_, index) => index + 1),
  );
  return {
    hasFault,
    connected: since(startedAt, client.saw('message')[0]),
    noticed: hasFault ? since(faultAt, firstEnd) : undefined,
    back: hasFault ? since(healedAt, trial.firstBack) : undefined,
    stopped: since(faultAt, gaveUp),
    attempts: attempts.length,
    nextAttempt: since(faultAt, firstAttempt),
    attemptsAfterClose: server.attempts.filter((at) => at > closedAt + GRACE).length,
    rate: most(attempts, 1000),
    lost: received.lost + sent.lost,
    doubled: received.doubled + sent.doubled,
    reordered: received.reordered + sent.reordered,
    connections,
    left,
    crash,
    extra,
  };
}

/** Messages as numbers that grow from connection to connection. */
const place = (connection, n) => connection * 1e6 + n;

/** What each session received. */
function receivedBy(client) {
  const sessions = new Map();
  for (const { id, text } of client.saw('message')) {
    const [connection, n] = text.split(':').map(Number);
    sessions.set(id, [...(sessions.get(id) ?? []), place(connection, n)]);
  }
  return [...sessions.values()];
}

const sum = (tallies) =>
  tallies.reduce(
    (total, { doubled, reordered }) => ({
      doubled: total.doubled + doubled,
      reordered: total.reordered + reordered,
    }),
    { doubled: 0, reordered: 0 },
  );

/** Of each connection the client has to have the first ones, without a gap; of some, all. */
function expectedOf({ client, server }) {
  const newest = new Map();
  for (const { text } of client.saw('message')) {
    const [connection, n] = text.split(':').map(Number);
    newest.set(connection, Math.max(n, newest.get(connection) ?? 0));
  }
  return server.peers.flatMap(({ index, sent, mustArrive }) =>
    Array.from({ length: mustArrive ? sent : (newest.get(index) ?? 0) }, (_, n) => place(index, n + 1)),
  );
}

/** Compares what arrived with what should have. */
export function tally(arrived, expected = []) {
  const distinct = new Set(arrived);
  let newest = -1;
  let reordered = 0;
  for (const n of distinct) {
    if (n < newest) reordered++;
    newest = Math.max(newest, n);
  }
  return {
    lost: expected.filter((n) => !distinct.has(n)).length,
    doubled: arrived.length - distinct.size,
    reordered,
  };
}

/** The most moments within a window. */
export function most(moments, window) {
  let first = 0;
  let result = 0;
  moments.forEach((moment, index) => {
    while (moment - moments[first] >= window) first++;
    result = Math.max(result, index - first + 1);
  });
  return result;
}
