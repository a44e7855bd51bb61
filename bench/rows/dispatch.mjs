import { interleave, measureIn } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

const KEYS = 10_000;

export default {
  name: 'dispatch',
  title: `multiplex with ${KEYS} keys, CPU per message`,
  unit: 'ns',
  bars: [ratio('rxwire', 'by hand', 1.15), ratio('rxwire', 'rxjs/webSocket', 1)],
  measure: ({ quick }) =>
    interleave(['rxwire', 'by hand', 'rxjs/webSocket'], quick ? 1 : 11, (name) => {
      // In rxjs every message goes past every key: a few of them take as long.
      const share = name === 'rxjs/webSocket' ? 0.0002 : 1;
      const [warmUp, measured] = quick ? [1_000_000, 3_000_000] : [3_000_000, 15_000_000];
      return measureIn('dispatch.mjs', [name, KEYS, warmUp * share, measured * share]);
    }),
};
