import { ours } from '../builds.mjs';
import { peers } from '../peers.mjs';
import { measureOperation, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'send',
  title: 'A sent 100-byte JSON message',
  unit: 'ns',
  bars: [ratio('rxwire', 'by hand', 1.03)],
  measure: (effort) =>
    withServer((server) => measureOperation('send.mjs', [...ours(), 'by hand', ...peers], effort, [server])),
};
