import { markdownTable } from '../helpers/markdown-table.mjs';

const MIB = 2 ** 20;

const list = (facts) =>
  Object.entries(facts)
    .map((fact) => fact.join(' '))
    .join(', ');

const COLUMNS = [
  ['reconnects', ({ reconnects }) => reconnects],
  ['messages', ({ messages }) => messages],
  ['heap MiB', ({ heap }) => (heap / MIB).toFixed(2)],
  ['rss MiB', ({ rss }) => (rss / MIB).toFixed(0)],
  ['sockets', ({ sockets }) => sockets],
  ['timers', ({ timers }) => timers],
  ['p50 ms', ({ p50 }) => p50.toFixed(3)],
  ['p99 ms', ({ p99 }) => p99.toFixed(3)],
  ['bare p50 ms', ({ bare }) => bare.toFixed(3)],
];

/** Leaks that were put into the sources on purpose, and detected. MiB of heap growth, and what leaked. */
const LEAKS = [
  [2, 'a number per message'],
  [8.3, 'a closure per connection, which holds the connection'],
  [9, 'a subscriber of the state per connection'],
  [9.7, 'an unreferenced timer per connection'],
  [23, 'every message'],
];

const numbers = (head, rows) =>
  markdownTable(
    head,
    rows,
    head.map(() => 'r'),
  );

function summary({ cpu, cores, load, node, versions, seed, effort, seconds, account, faults }) {
  return [
    `${cpu}, ${cores} cores, load ${load.toFixed(1)}, node ${node}, ${list(versions)}`,
    `seed ${seed}: ${effort.feeds} feeds, ${effort.rounds} rounds, ${Math.round(seconds)} s`,
    `faults: ${list(faults)}, server killed ${effort.rounds}`,
    `account: ${list(account)}`,
  ];
}

const censusTable = ({ censuses }) =>
  numbers(
    COLUMNS.map(([name]) => name),
    censuses.map((census) => COLUMNS.map(([, cell]) => cell(census))),
  );

const verdictTable = ({ verdicts }) =>
  numbers(
    ['', 'value', 'bar', 'what'],
    verdicts.map(({ what, value, bar, holds }) => [holds ? 'holds' : 'MISSED', value, bar, what]),
  );

export function print(result) {
  console.log([...summary(result), '', censusTable(result), '', verdictTable(result)].join('\n'));
}

/** The page of docs/ about a run. */
export function asPage(result) {
  return `# Soak

The memory, sockets and timers of a process after ten thousand reconnects. \`npm run soak -- --write docs/soak.md\` runs
the test and writes this page.

Every connection receives a burst of messages and then ends with a fault. A seed decides which one: a Close frame, a
dropped or reset socket, a half-closed one, a frame that RFC 6455 forbids, a message that cannot be decoded, a refused or
stalled handshake, silence, or the unsubscribe of all subscribers. In each round the server is killed once and started
again. After each round, every feed is open and idle. Then garbage is collected, and the resources are counted. Round trips
are timed on a feed and on a bare \`ws\` in turns, so that a slow machine slows both.

The path of every message is recorded, in both directions, and checked as it goes: what the server gives and sends, and
what a feed receives and delivers; what a feed gives, and what the server receives and echoes. A message may be lost only
where its connection was reset or cut off before it came. What is lost, doubled or reordered is drawn, and the run fails.
\`--plant\` has one feed do that on purpose.

${summary(result)
  .map((line) => `- ${line}`)
  .join('\n')}

${censusTable(result)}

The growth of the heap is the Theil–Sen slope over all rounds except the first quarter, times the number of rounds.

${verdictTable(result)}

Does the test detect leaks? Each of these was put into the sources on purpose. \`--short\` (400 reconnects, 200 000
messages) then exited with 1, because the heap grew by so many MiB:

${markdownTable(['MiB', 'leak'], LEAKS, ['r'])}

Without a leak it grew by 0.14 MiB.
`;
}
