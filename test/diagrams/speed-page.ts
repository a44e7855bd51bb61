import { markdownTable } from '../helpers/markdown-table.mjs';
import { machines } from './speed-results.js';
import type { Judgement } from '../../bench/verdict.mjs';
import type { Machine, Row } from './speed-results.js';

/** Why a row is as it is, where a reader would ask. */
const NOTES: Readonly<Record<string, string>> = {
  send: 'Most of a sent message is the system call. What differs between clients is less than what differs between rounds.',
  reconnect:
    'The clients that are cheaper do less: they have no heartbeat, and no events beyond `open` and `close`. By hand stands for the same url and headers functions, events and heartbeat. The rest is the price of operators: every attempt subscribes to the supervision again, so that each operator begins afresh.',
  'reconnect-warm':
    'Most of a first reconnect is compiling: rxwire is more code than what is written by hand, and its operators are compiled later. A process that runs for long pays this row.',
  merge: 'mergeMap waits without a bound. `mergeMapBounded` keeps what waits in a queue with marks.',
  heap: 'The difference to a bare `ws`, which has no heartbeat, no streams and no retry. Both are measured after the first ping.',
  flow: 'What V8 keeps for itself is the most of it. rxjs/webSocket has no backpressure.',
  bundle:
    'The smaller ones have no operators, no events with reasons, no bounded outbox, no backpressure and no codecs. rxjs-websockets has no retry; its size is that of a function around a socket.',
};

const digits = (value: number) => (Math.abs(value) < 100 ? value.toFixed(2) : String(Math.round(value)));

function figure({ value, low, high }: Judgement): string {
  return low === high ? digits(value) : `${digits(value)} (${digits(low)} to ${digits(high)})`;
}

function comparisons({ verdicts }: Row): string {
  return markdownTable(
    ['compared', 'figure (95 %)', 'bar', ''],
    verdicts.map((comparison) => [
      comparison.what,
      figure(comparison),
      comparison.bar === undefined ? '' : digits(comparison.bar),
      comparison.verdict ?? '',
    ]),
    ['', 'r', 'r'],
  );
}

function medians({ unit, medians, allocated = {} }: Row): string {
  const allocates = Object.keys(allocated).length > 0;
  return markdownTable(
    ['', unit, ...(allocates ? ['bytes allocated'] : [])],
    Object.entries(medians).map(([name, median]) => [
      name,
      digits(median),
      ...(allocates ? [allocated[name] ? digits(allocated[name]) : ''] : []),
    ]),
    ['', 'r', 'r'],
  );
}

function section([name, row]: [string, Row]): string {
  return [`### ${name}`, row.title + '.', medians(row), comparisons(row), ...(NOTES[name] ? [NOTES[name]] : [])].join(
    '\n\n',
  );
}

function bars({ rows }: Machine): string {
  const judged = Object.entries(rows).flatMap(([name, { verdicts }]) =>
    verdicts.flatMap((comparison) => (comparison.bar === undefined ? [] : [{ name, ...comparison }])),
  );
  const open = judged.filter(({ verdict }) => verdict !== 'holds');
  const held = `${judged.length - open.length} of ${judged.length} bars hold.`;
  if (open.length === 0) return held;
  return [
    `${held} These do not, or the machine was too noisy to decide them:`,
    markdownTable(
      ['row', 'compared', 'figure (95 %)', 'bar', ''],
      open.map((comparison) => [
        comparison.name,
        comparison.what,
        figure(comparison),
        digits(comparison.bar!),
        comparison.verdict!,
      ]),
      ['', '', 'r', 'r'],
    ),
  ].join('\n\n');
}

function machineSection(machine: Machine): string {
  const { name, cpu, cores, node, versions } = machine;
  const libraries = Object.entries(versions).map((library) => library.join(' '));
  return [
    `## ${cpu}`,
    `${cores} cores, Node ${node.slice(1)}; ${libraries.join(', ')}.`,
    `![What rxwire costs in relation to others, with intervals](images/speed-${name}.svg)`,
    bars(machine),
    ...Object.entries(machine.rows).map(section),
  ].join('\n\n');
}

/** docs/speed.md */
export const speedPage = () =>
  `${[
    '# Speed',
    'What rxwire costs, against code by hand and against other clients. `npm run bench` measures it: every contestant runs in a process of its own, once a round, and the rounds are interleaved, so that a machine that slows down slows down all of them. Each figure is the median over the rounds, and its interval holds the true median with 95 % confidence (a bootstrap over the rounds). A bar _holds_ or is _missed_ where the whole interval says so. Otherwise it is _undecided_, which is not a pass: `npm run bench` exits with 1. Bytes are what V8 allocates for one operation.',
    '`npm run bench -- --only ROW` measures one row, `--compare REF` another commit of this repository beside it, and `--keep NAME` puts the results of a machine here. Nothing else should run meanwhile.',
    ...machines.map(machineSection),
  ].join('\n\n')}\n`;
