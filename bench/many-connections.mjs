/* What programs share that hold many idle connections. */

import { setImmediate as eventLoop } from 'node:timers/promises';

/** Opens so many, a few at a time: a burst would be refused by the listen backlog. */
export async function openMany(count, open) {
  const opened = [];
  while (opened.length < count) {
    const burst = Math.min(100, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: burst }, open))));
  }
  return opened;
}

/** The heap in use, once finalizers and closed handles have had their turns. */
export async function settledHeap() {
  for (let turn = 0; turn < 5; turn++) {
    await eventLoop();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
