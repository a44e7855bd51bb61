import { ours } from '../builds.mjs';
import { measureOperation } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'batch',
  title: 'An item through bufferCountOrTime(100, 1000) behind a Subject',
  unit: 'ns',
  bars: [ratio('rxwire', 'bufferTime', 0.6), ratio('rxwire', 'by hand', 1.05)],
  measure: (effort) => measureOperation('batch.mjs', [...ours(), 'bufferTime', 'by hand'], effort),
};
