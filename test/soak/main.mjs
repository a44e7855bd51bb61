/*
 * npm run soak -- [--short] [--seed N] [--plant] [--json] [--write FILE]
 *
 * Makes ten thousand reconnects and receives five million messages, with a fault at the end of every connection. Exits
 * with 1 if the process then holds more than before, and draws what was lost, doubled or reordered. `--short` makes fewer of
 * both; `--seed` repeats the faults of another run; `--plant` has one feed lose, double and reorder messages, to show that
 * this is found; `--write` writes the page about the run.
 */

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { takeCensus, takeLeftovers } from './census.mjs';
import { environment } from './environment.mjs';
import { History } from './history.mjs';
import { ServerProcess } from './server-process.mjs';
import { SoakedFeed } from './soaked-feed.mjs';
import { judge } from './verdict.mjs';
import { seeded, Workload } from './workload.mjs';

const FULL = { reconnects: 10_000, messages: 5_000_000, rounds: 24, feeds: 16, roundTrips: 200, minutes: 30 };
const SHORT = { reconnects: 400, messages: 200_000, rounds: 8, feeds: 8, roundTrips: 50, minutes: 10 };

const options = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    plant: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    json: { type: 'boolean', default: false },
    write: { type: 'string' },
  },
}).values;
const effort = options.short ? SHORT : FULL;
const seed = Number(options.seed);
if (!Number.isInteger(seed)) throw new RangeError(`Expected \`--seed\` to be an integer, got ${options.seed}.`);
console.error(`seed ${seed}`);

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

const random = seeded(seed);
const server = new ServerProcess();
const feeds = [];
const history = new History();
const stat = (name) => sum(feeds.map(({ connection }) => connection.stats[name]));
const count = (type) => sum(feeds.map(({ counts }) => counts[type] ?? 0));
const workload = new Workload(random, () => ({ opens: stat('opens'), received: stat('received') }));

const allCalm = () => Promise.all(feeds.map((feed) => feed.isCalm || once(feed, 'calm')));

/** Does one share of the work, and kills the server in the middle. */
async function storm(round) {
  const share = (round + 1) / effort.rounds;
  let restarted;
  const halfway = () => (restarted = server.kill().then(() => server.start()));
  workload.aim({ opens: Math.ceil(effort.reconnects * share), received: Math.ceil(effort.messages * share) }, halfway);
  for (const feed of feeds) feed.hangUp();
  do await allCalm();
  while (feeds.some(({ isCalm }) => !isCalm));
  await restarted;
}

setTimeout(() => {
  throw new Error(`The run took longer than ${effort.minutes} min, with seed ${seed}.`);
}, effort.minutes * 60_000).unref();

const since = performance.now();
await server.start();
for (let n = 0; n < effort.feeds; n++)
  feeds.push(new SoakedFeed(server, workload, random, history, `feed ${n + 1}`, options.plant && n === 0));
await allCalm();
const censuses = [];
for (let round = 0; round < effort.rounds; round++) {
  await storm(round);
  censuses.push({
    reconnects: stat('opens') - feeds.length,
    messages: stat('received'),
    ...(await takeCensus(server, feeds, effort.roundTrips)),
  });
}
const seconds = (performance.now() - since) / 1000;
await Promise.all(feeds.map(({ connection }) => connection.close()));
const leftovers = await takeLeftovers(server);
await server.kill();

history.finish();
const nexts = sum(feeds.map((feed) => feed.nexts));
const account = {
  reconnects: stat('opens') - feeds.length,
  messages: stat('received'),
  attempts: count('connecting'),
  unsubscribed: sum(feeds.map(({ unsubscribes }) => unsubscribes)),
  sent: stat('sent'),
  dropped: stat('dropped'),
  rejected: stat('rejected'),
  findings: history.findings,
  outOfOrder: sum(feeds.map((feed) => feed.outOfOrder)),
  unclosed: count('connecting') - count('close') - sum(feeds.map(({ unsubscribes }) => unsubscribes)),
  unaccounted: nexts - stat('sent') - stat('dropped') - stat('queued'),
};
const verdicts = judge({ feeds: feeds.length, censuses, leftovers, account });
const result = {
  ...environment(),
  seed,
  effort,
  seconds,
  faults: workload.counts,
  account,
  censuses,
  leftovers,
  verdicts,
};

// Imported last, because it loads prettier into the measured heap.
const { asPage, print } = await import('./report.mjs');
if (options.json) console.log(JSON.stringify(result, null, 2));
else print(result);
if (history.findings > 0) console.error(`\n${history.describe()}`);
if (options.write) writeFileSync(options.write, asPage(result));
process.exitCode = verdicts.every(({ holds }) => holds) ? 0 : 1;
