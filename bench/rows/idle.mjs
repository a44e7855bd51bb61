import { ours } from '../builds.mjs';
import { interleave, measureIn, withServer } from '../processes.mjs';
import { ratio } from '../verdict.mjs';

/** The files that Node, its libraries and its standard streams have open. */
const SPARE = 100;

const UNITS = { heap: 'MiB of heap', timers: 'timers', cpu: 'ms of CPU a minute' };

/** Turns the figures of each contestant into the contestants of each figure, because each figure has its own unit. */
function apart(samples) {
  return Object.fromEntries(
    Object.entries(UNITS).flatMap(([figure, unit]) =>
      Object.entries(samples).map(([name, all]) => [`${name}, ${unit}`, all.map((sample) => sample[figure])]),
    ),
  );
}

export default {
  name: 'idle',
  title: 'All idle connections of a process together, pings 20 s apart; CPU over a minute',
  unit: 'each its own',
  bars: [
    ratio(`rxwire, ${UNITS.cpu}`, `by hand, ${UNITS.cpu}`, 1.15),
    ratio(`rxwire, ${UNITS.heap}`, `by hand, ${UNITS.heap}`),
  ],
  /** @throws Error if the system allows fewer sockets; Node has already raised its soft limit to the hard limit */
  check({ connections }) {
    const { soft } = process.report.getReport().userLimits?.open_files ?? {};
    const needed = connections + SPARE;
    if (soft < needed)
      throw new Error(`The row \`idle\` needs ${needed} open files, and ${soft} are allowed: raise \`ulimit -Hn\`.`);
  },
  measure: ({ rounds, connections, seconds }) =>
    withServer(async (server) => ({
      samples: apart(
        await interleave([...ours(), 'by hand'], rounds, (name) =>
          measureIn('idle.mjs', [name, server, connections, seconds], { execArgv: ['--expose-gc'] }),
        ),
      ),
    })),
};
