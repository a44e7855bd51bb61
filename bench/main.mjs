/*
 * npm run bench -- [--json] [--only ROW] [--quick]
 *
 * Measures the rows, and exits with 1 if a limit is exceeded. Nothing else should run meanwhile. `--quick` only checks
 * that everything runs: its figures have no meaning.
 */

import { parseArgs } from 'node:util';
import * as efforts from './effort.mjs';
import { environment, prepare } from './environment.mjs';
import { printEnvironment, printRow } from './report.mjs';
import batch from './rows/batch.mjs';
import bundle from './rows/bundle.mjs';
import dispatch from './rows/dispatch.mjs';
import flow from './rows/flow.mjs';
import heap from './rows/heap.mjs';
import idle from './rows/idle.mjs';
import metrics from './rows/metrics.mjs';
import receive from './rows/receive.mjs';
import reconnect from './rows/reconnect.mjs';
import resubscribe from './rows/resubscribe.mjs';
import send from './rows/send.mjs';
import { judge } from './verdict.mjs';

const rows = [receive, batch, dispatch, flow, heap, bundle, send, idle, reconnect, resubscribe, metrics];

const { json, only, quick } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: rows.map(({ name }) => name) },
    quick: { type: 'boolean', default: false },
  },
}).values;
const unknown = only.find((name) => !rows.some((row) => row.name === name));
if (unknown !== undefined)
  throw new RangeError(`Expected \`--only\` to be one of ${rows.map(({ name }) => name)}, got ${unknown}.`);

const effort = quick ? efforts.quick : efforts.full;
const chosen = rows.filter(({ name }) => only.includes(name));
for (const row of chosen) row.check?.(effort[row.name]); // before the measurements, which take minutes
prepare();
const where = environment();
if (!json) printEnvironment(where);

const results = [];
for (const row of chosen) {
  const samples = await row.measure(effort[row.name]);
  const result = { ...judge(row, samples), effort: effort[row.name] };
  results.push(result);
  if (!json) printRow(result);
}

if (json) console.log(JSON.stringify({ ...where, quick, rows: results }, null, 2));
process.exitCode = results.every(({ holds }) => holds) ? 0 : 1;
