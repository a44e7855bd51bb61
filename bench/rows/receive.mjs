import { ours } from '../builds.mjs';
import { peers } from '../peers.mjs';
import { measureOperation, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'receive',
  title: 'A received 100-byte JSON message',
  unit: 'ns',
  bars: [ratio('rxwire', 'by hand', 1.05), ...peers.map((peer) => ratio('rxwire', peer, 1))],
  measure: (effort) =>
    withServer((server) => measureOperation('receive.mjs', [...ours(), 'by hand', ...peers], effort, [server])),
};
