import { interleave, measureIn } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

const KEYS = 10_000;
const KEYS_PER_MESSAGE = 200;

export default {
  name: 'resubscribe',
  title: `${KEYS} topics asked for again after a reconnect, ${KEYS_PER_MESSAGE} in a message, CPU`,
  unit: 'µs',
  bars: [ratio('rxwire', 'by hand', 1.5)],
  measure: ({ rounds, warmUp, count }) =>
    interleave(['rxwire', 'by hand'], rounds, (name) =>
      measureIn('resubscribe.mjs', [name, KEYS, KEYS_PER_MESSAGE, warmUp, count]),
    ),
};
