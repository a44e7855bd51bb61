import { interleave, measureIn, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'metrics',
  title: 'CPU per received 100-byte JSON message, its connection in a register of prom-client and not',
  unit: 'ns',
  bars: [ratio('with metrics', 'without', 1.01)],
  measure: ({ rounds, warmUp, count }) =>
    withServer((server) =>
      interleave(['with metrics', 'without'], rounds, (name) =>
        measureIn('metrics.mjs', [name, server, warmUp, count]),
      ),
    ),
};
