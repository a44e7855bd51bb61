import { ours } from '../builds.mjs';
import { measureOperation, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'iterate',
  title:
    'A received 100-byte JSON message that `for await` reads; by hand a queue that pauses the server at the same marks',
  unit: 'ns',
  bars: [ratio('rxwire', 'by hand')],
  measure: (effort) =>
    withServer((server) => measureOperation('iterate.mjs', [...ours(), 'by hand'], effort, [server])),
};
