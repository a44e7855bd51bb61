import { interleave, measureIn, withServer } from '../processes.mjs';
import { difference } from '../verdict.mjs';

export default {
  name: 'heap',
  title: 'Heap per idle connection: supervised, both streams subscribed, against a bare ws',
  unit: 'bytes',
  bars: [difference('rxwire', 'ws', 8 * 1024)],
  measure: ({ rounds, connections }) =>
    withServer((server) =>
      interleave(['rxwire', 'ws'], rounds, (name) =>
        measureIn('heap.mjs', [name, server, connections], ['--expose-gc']),
      ),
    ),
};
