/* merge.mjs CONTESTANT WARM_UP COUNT: CPU per value, four at work, after the first WARM_UP ones. */

import { setImmediate as eventLoop } from 'node:timers/promises';
import { mergeMap, Subject } from 'rxjs';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';

const { mergeMapBounded } = await library('operators.js');

const AT_WORK = 4;

const contestants = {
  rxwire: (work) => mergeMapBounded(work, { concurrency: AT_WORK }),
  'mergeMap(4)': (work) => mergeMap(work, AT_WORK),
};

const [name, warmUp, measured] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const TURN = 100; // values that arrive together
let sum = 0;

const work = async (value) => value.id;
const values = new Subject();
values.pipe(contestants[name](work)).subscribe((id) => (sum += id));

async function push(count) {
  for (let pushed = 0; pushed < count; pushed += TURN) {
    for (let i = 0; i < TURN; i++) values.next({ id: 1 });
    await eventLoop();
  }
}

await push(warmUp);
const stop = startMeter();
await push(measured);
const used = stop();

if (sum !== warmUp + measured) throw new Error(`${name} lost values`);
await report(used / measured);
