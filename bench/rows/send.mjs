import { peers } from '../peers.mjs';
import { interleave, measureIn, withServer } from '../processes.mjs';

export default {
  name: 'send',
  title: 'CPU per sent 100-byte JSON message',
  unit: 'ns',
  bars: [],
  measure: ({ rounds, warmUp, count }) =>
    withServer((server) =>
      interleave(['rxwire', 'ws by hand', ...peers], rounds, (name) =>
        measureIn('send.mjs', [name, server, warmUp, count]),
      ),
    ),
};
