import { interleave, measureIn } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'batch',
  title: 'bufferCountOrTime(100, 1000) behind a Subject, CPU per item',
  unit: 'ns',
  bars: [ratio('rxwire', 'bufferTime', 0.6), ratio('rxwire', 'by hand', 1.1)],
  measure: ({ rounds, warmUp, count }) =>
    interleave(['rxwire', 'bufferTime', 'by hand'], rounds, (name) => measureIn('batch.mjs', [name, warmUp, count])),
};
