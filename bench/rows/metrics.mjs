import { measureOperation, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'metrics',
  title: 'A received 100-byte JSON message, its connection in a register of prom-client and not',
  unit: 'ns',
  bars: [ratio('with metrics', 'without', 1.01)],
  measure: (effort) =>
    withServer((server) => measureOperation('metrics.mjs', ['with metrics', 'without'], effort, [server])),
};
