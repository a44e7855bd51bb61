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

/** Seen to be noticed: each was put into the sources. */
const LEAKS = [
  [2, 'a number a message'],
  [8.3, 'a closure a connection, and the connection with it'],
  [9, 'a subscriber of the state a connection'],
  [9.7, 'a timer a connection, which lets the process end'],
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

/** The page of docs/ that tells of a run. */
export function asPage(result) {
  return `# Soak

What a process holds that has reconnected ten thousand times. Made by \`npm run soak -- --write docs/soak.md\`, as it
is; run it to see your own machine's.

Every connection receives a burst of messages and ends by a fault that a seed decides: a Close frame, a dropped or reset
socket, a half-closed one, a frame that RFC 6455 forbids, a message that does not decode, a refused or stalled
handshake, silence, or the leaving of every subscriber. In each round the server is killed once and comes back. After
each round, while every feed is open and nothing happens, the garbage is collected and what is left is counted; round
trips are timed on a feed and on a bare \`ws\` in turns, so that a slow spell of the machine shows in both.

${summary(result)
  .map((line) => `- ${line}`)
  .join('\n')}

${censusTable(result)}

The heap's growth is Theil and Sen's slope over all rounds but the first quarter, times the number of rounds.

${verdictTable(result)}

What it was seen to notice: each of these was put into the sources, and \`--short\` (400 reconnects, 200 000 messages)
ended with 1, because the heap grew by

${markdownTable(['MiB', 'of a leak of'], LEAKS, ['r'])}

It grew by 0.14 MiB without any.
`;
}
