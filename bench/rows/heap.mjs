import { ours } from '../builds.mjs';
import { interleave, measureIn, withServer } from '../processes.mjs';
import { difference } from '../verdict.mjs';

export default {
  name: 'heap',
  title: 'The heap of an idle connection: supervised, both streams subscribed, against a bare ws',
  unit: 'bytes',
  bars: [difference('rxwire', 'ws', 6 * 1024)],
  measure: ({ rounds, connections }) =>
    withServer(async (server) => ({
      samples: await interleave([...ours(), 'ws'], rounds, (name) =>
        measureIn('heap.mjs', [name, server, connections], { execArgv: ['--expose-gc'] }),
      ),
    })),
};
