import { interleave, measureIn, withServer } from '../processes.mjs';
import { difference } from '../verdict.mjs';

export default {
  name: 'heap',
  title: 'Heap per idle connection: supervised, both streams subscribed, against a bare ws',
  unit: 'bytes',
  bars: [difference('rxwire', 'ws', 8 * 1024)],
  measure: ({ quick }) =>
    withServer((server) =>
      interleave(['rxwire', 'ws'], quick ? 1 : 3, (name) =>
        measureIn('heap.mjs', [name, server, quick ? 500 : 2000], ['--expose-gc']),
      ),
    ),
};
