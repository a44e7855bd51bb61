/* batch.mjs CONTESTANT WARM_UP COUNT: CPU per item, after the first WARM_UP ones. */

import { setImmediate as eventLoop } from 'node:timers/promises';
import { bufferTime, Subject } from 'rxjs';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';

const { bufferCountOrTime } = await library('operators.js');

const COUNT = 100;
const TIME = 1000;

const contestants = {
  rxwire(subject, consume) {
    subject.pipe(bufferCountOrTime(COUNT, TIME)).subscribe(consume);
  },
  bufferTime(subject, consume) {
    subject.pipe(bufferTime(TIME, null, COUNT)).subscribe(consume);
  },
  'by hand'(subject, consume) {
    let batch = [];
    let timer;

    function emit() {
      clearTimeout(timer);
      const full = batch;
      batch = [];
      consume(full);
    }

    subject.subscribe((item) => {
      batch.push(item);
      if (batch.length === COUNT) emit();
      else if (batch.length === 1) timer = setTimeout(emit, TIME);
    });
  },
};

/** Items between two turns of the event loop, which timers need. The turns have little effect on the figures. */
const TURN = 10_000;

const [name, warmUp, measured] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const subject = new Subject();
const item = { id: 1 };
let sum = 0;

async function push(count) {
  for (let pushed = 0; pushed < count; pushed += TURN) {
    for (let i = 0; i < TURN; i++) subject.next(item);
    await eventLoop();
  }
}

contestants[name](subject, (batch) => {
  sum += batch[0].id * batch.length;
});
await push(warmUp);
const stop = startMeter();
await push(measured);
const used = stop();

if (sum !== warmUp + measured) throw new Error(`${name} lost items`);
await report(used / measured);
