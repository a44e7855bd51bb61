import { interleave, measureIn } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'batch',
  title: 'bufferCountOrTime(100, 1000) behind a Subject, CPU per item',
  unit: 'ns',
  bars: [ratio('rxwire', 'bufferTime', 0.6), ratio('rxwire', 'by hand', 1.1)],
  measure: ({ quick }) =>
    interleave(['rxwire', 'bufferTime', 'by hand'], quick ? 1 : 11, (name) =>
      measureIn('batch.mjs', [name, quick ? 1_000_000 : 5_000_000, quick ? 5_000_000 : 20_000_000]),
    ),
};
