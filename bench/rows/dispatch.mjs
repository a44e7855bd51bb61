import { ours } from '../builds.mjs';
import { measureOperation } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

const KEYS = 10_000;

export default {
  name: 'dispatch',
  title: `A message among ${KEYS} keys of multiplex`,
  unit: 'ns',
  bars: [ratio('rxwire', 'by hand', 1.1), ratio('rxwire', 'rxjs/webSocket', 1)],
  measure: (effort) => measureOperation('dispatch.mjs', [...ours(), 'by hand', 'rxjs/webSocket'], effort, [KEYS]),
};
