import { peers } from '../peers.mjs';
import { interleave, measureIn, withServer } from '../processes.mjs';

export default {
  name: 'reconnect',
  title: 'CPU per reconnect, from one connection to the next, without a delay',
  unit: 'µs',
  bars: [],
  measure: ({ rounds, warmUp, count }) =>
    withServer((server) =>
      interleave(['rxwire', 'ws by hand', ...peers], rounds, (name) =>
        measureIn('reconnect.mjs', [name, server, warmUp, count]),
      ),
    ),
};
