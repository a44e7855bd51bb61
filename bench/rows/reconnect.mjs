import { ours } from '../builds.mjs';
import { peers } from '../peers.mjs';
import { measureOperation, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

/** No peer needs less than nine tenths of it. */
const A_TENTH_LOWER = 1 / 0.9;

export default {
  name: 'reconnect',
  title: 'A reconnect without a delay; by hand with the same url and headers functions, events and heartbeat',
  unit: 'µs',
  bars: [ratio('rxwire', 'by hand', 1.25), ...peers.map((peer) => ratio('rxwire', peer, A_TENTH_LOWER))],
  measure: (effort) =>
    withServer((server) => measureOperation('reconnect.mjs', [...ours(), 'by hand', ...peers], effort, [server], 1000)),
};
