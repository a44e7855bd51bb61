/* Shared by the programs that hold many idle connections. */

import { setImmediate as eventLoop } from 'node:timers/promises';

/** Opens connections, a few at a time, because a burst would exceed the listen backlog. */
export async function openMany(count, open) {
  const opened = [];
  while (opened.length < count) {
    const burst = Math.min(100, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: burst }, open))));
  }
  return opened;
}

/** The used heap, after finalizers have run and handles are closed. */
export async function settledHeap() {
  for (let turn = 0; turn < 5; turn++) {
    await eventLoop();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
