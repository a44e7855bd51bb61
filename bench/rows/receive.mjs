import { peers } from '../peers.mjs';
import { interleave, measureIn, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'receive',
  title: 'CPU per received 100-byte JSON message',
  unit: 'ns',
  bars: [ratio('rxwire', 'ws by hand', 1.05), ...peers.map((peer) => ratio('rxwire', peer, 1))],
  measure: ({ rounds, warmUp, count }) =>
    withServer((server) =>
      interleave(['rxwire', 'ws by hand', ...peers], rounds, (name) =>
        measureIn('receive.mjs', [name, server, warmUp, count]),
      ),
    ),
};
