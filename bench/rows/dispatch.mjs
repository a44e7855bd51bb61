import { interleave, measureIn } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

const KEYS = 10_000;

export default {
  name: 'dispatch',
  title: `multiplex with ${KEYS} keys, CPU per message`,
  unit: 'ns',
  bars: [ratio('rxwire', 'by hand', 1.15), ratio('rxwire', 'rxjs/webSocket', 1)],
  measure: ({ rounds, warmUp, count }) =>
    interleave(['rxwire', 'by hand', 'rxjs/webSocket'], rounds, (name) => {
      // In rxjs every message is tested by every key, so a few messages take as long.
      const share = name === 'rxjs/webSocket' ? 0.00005 : 1;
      return measureIn('dispatch.mjs', [name, KEYS, warmUp * share, count * share]);
    }),
};
