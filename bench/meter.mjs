import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as eventLoop } from 'node:timers/promises';

/** What a program measures: `cpu` or `allocation`. */
const measured = process.env.BENCH_MEASURE ?? 'cpu';

let collections = 0;
if (measured === 'allocation')
  new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });

const meters = {
  /** The CPU time of all threads, user and system, in nanoseconds. */
  cpu() {
    const start = process.cpuUsage();
    return () => {
      const { user, system } = process.cpuUsage(start);
      return (user + system) * 1000;
    };
  },
  /** The bytes allocated on V8's heap. They are the growth of the heap as long as nothing is collected. */
  allocation() {
    const collected = collections;
    const before = process.memoryUsage().heapUsed;
    return () => {
      const allocated = process.memoryUsage().heapUsed - before;
      isDisturbed = () => collections > collected;
      return allocated;
    };
  },
};

let isDisturbed = () => false;

/** Starts the meter. @returns a function that returns what was used since then */
export const startMeter = meters[measured];

/** Sends the result to the parent process, or `null` where garbage was collected while allocations were counted; and exits. */
export async function report(result) {
  await eventLoop(); // the observer of collections is called in a later turn
  process.send(isDisturbed() ? null : result, () => process.exit());
}
