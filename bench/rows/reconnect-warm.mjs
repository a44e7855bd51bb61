import { ours } from '../builds.mjs';
import { measureOperation, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

export default {
  name: 'reconnect-warm',
  title: 'The same in a process that has reconnected 4000 times before, so that the JIT has compiled what it runs',
  unit: 'µs',
  bars: [ratio('rxwire', 'by hand', 1.25), ratio('rxwire', 'rxjs/webSocket')],
  measure: (effort) =>
    withServer((server) =>
      measureOperation('reconnect.mjs', [...ours(), 'by hand', 'rxjs/webSocket'], effort, [server], 1000),
    ),
};
