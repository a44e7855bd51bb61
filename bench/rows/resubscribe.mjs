import { ours } from '../builds.mjs';
import { measureOperation } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

const KEYS = 10_000;
const KEYS_PER_MESSAGE = 200;

export default {
  name: 'resubscribe',
  title: `${KEYS} topics asked for again after a reconnect, ${KEYS_PER_MESSAGE} in a message`,
  unit: 'µs',
  bars: [ratio('rxwire', 'by hand', 1.5)],
  measure: (effort) =>
    measureOperation('resubscribe.mjs', [...ours(), 'by hand'], effort, [KEYS, KEYS_PER_MESSAGE], 1000),
};
