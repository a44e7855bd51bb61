import { ours } from '../builds.mjs';
import { measureOperation } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'merge',
  title: 'A value through mergeMapBounded, four promises at work',
  unit: 'ns',
  bars: [ratio('rxwire', 'mergeMap(4)')],
  measure: (effort) => measureOperation('merge.mjs', [...ours(), 'mergeMap(4)'], effort),
};
