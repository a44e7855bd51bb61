/*
 * npm run bench -- [--json] [--only ROW] [--quick] [--compare REF] [--keep NAME]
 *
 * Measures the rows, and exits with 1 if a bar is missed or the machine was too noisy to decide it. Nothing else should
 * run meanwhile. `--compare` measures another commit in the same run. `--keep` writes the rows to results/NAME.json, of
 * which docs/speed.md is made; rows that were not measured stay there. `--quick` only checks that everything runs: its
 * figures have no meaning.
 */

import { parseArgs } from 'node:util';
import { compareWith } from './builds.mjs';
import * as efforts from './effort.mjs';
import { environment, prepare } from './environment.mjs';
import { printEnvironment, printRow } from './report.mjs';
import { keep } from './results.mjs';
import batch from './rows/batch.mjs';
import bundle from './rows/bundle.mjs';
import dispatch from './rows/dispatch.mjs';
import flow from './rows/flow.mjs';
import heap from './rows/heap.mjs';
import idle from './rows/idle.mjs';
import iterate from './rows/iterate.mjs';
import merge from './rows/merge.mjs';
import metrics from './rows/metrics.mjs';
import receive from './rows/receive.mjs';
import reconnect from './rows/reconnect.mjs';
import reconnectWarm from './rows/reconnect-warm.mjs';
import resubscribe from './rows/resubscribe.mjs';
import send from './rows/send.mjs';
import { judge } from './verdict.mjs';

const rows = [
  receive,
  iterate,
  send,
  reconnect,
  reconnectWarm,
  batch,
  merge,
  dispatch,
  resubscribe,
  heap,
  idle,
  flow,
  metrics,
  bundle,
];

const options = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: rows.map(({ name }) => name) },
    quick: { type: 'boolean', default: false },
    compare: { type: 'string' },
    keep: { type: 'string' },
  },
}).values;
const { json, quick } = options;
const only = options.only.flatMap((names) => names.split(','));
const unknown = only.find((name) => !rows.some((row) => row.name === name));
if (unknown !== undefined)
  throw new RangeError(`Expected \`--only\` to be one of ${rows.map(({ name }) => name)}, got ${unknown}.`);
if (quick && options.keep) throw new RangeError('Expected no `--keep` with `--quick`: its figures have no meaning.');

const effort = quick ? efforts.quick : efforts.full;
const chosen = rows.filter(({ name }) => only.includes(name));
for (const row of chosen) row.check?.(effort[row.name]); // before the measurements, which take minutes
prepare();
if (options.compare) compareWith(options.compare);
const where = environment();
if (!json) printEnvironment(where);

const results = [];
for (const row of chosen) {
  const result = { ...judge(row, await row.measure(effort[row.name])), effort: effort[row.name] };
  results.push(result);
  if (!json) printRow(result);
  if (options.keep) keep(options.keep, where, result);
}

if (json) console.log(JSON.stringify({ ...where, quick, rows: results }, null, 2));
const open = results.flatMap(({ verdicts }) => verdicts).filter(({ verdict = 'holds' }) => verdict !== 'holds');
process.exitCode = open.length === 0 ? 0 : 1;
