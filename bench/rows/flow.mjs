import { measureIn, measureOnce, withServer } from '../processes.mjs';
import { most } from '../verdict.mjs';

const BYTES = 1024;

/** The share of the messages. rxjs/webSocket keeps all that wait in memory, so a tenth is enough. */
const SHARE = { rxwire: 1, 'rxjs/webSocket': 0.1 };

export default {
  name: 'flow',
  title: `Growth of resident memory, 1 KiB messages faster than their consumer; a tenth as many in rxjs/webSocket`,
  unit: 'MiB',
  bars: [most('rxwire', 64)],
  measure: ({ warmUp, count }) =>
    withServer(async (server) => ({
      samples: await measureOnce(Object.keys(SHARE), (name) =>
        measureIn('flow.mjs', [name, server, BYTES, warmUp, count * SHARE[name]], { execArgv: ['--expose-gc'] }),
      ),
    })),
};
