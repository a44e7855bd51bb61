import { measureIn, measureOnce, withServer } from '../processes.mjs';

/** What Node, its libraries and its standard streams have open besides. */
const SPARE = 100;

const UNITS = { heap: 'MiB of heap', timers: 'timers', cpu: 'ms of CPU a minute' };

/** From a figure of each contestant to a contestant of each figure: each has a unit of its own. */
function apart(samples) {
  return Object.fromEntries(
    Object.entries(UNITS).flatMap(([figure, unit]) =>
      Object.entries(samples).map(([name, all]) => [`${name}, ${unit}`, all.map((sample) => sample[figure])]),
    ),
  );
}

export default {
  name: 'idle',
  title: 'All idle connections of a process together, pings 20 s apart; CPU extrapolated from some seconds',
  unit: 'each its own',
  bars: [],
  /** @throws Error where the system allows fewer sockets; Node has raised its soft limit to the hard one already */
  check({ connections }) {
    const { soft } = process.report.getReport().userLimits?.open_files ?? {};
    const needed = connections + SPARE;
    if (soft < needed)
      throw new Error(`The row \`idle\` needs ${needed} open files, and ${soft} are allowed: raise \`ulimit -Hn\`.`);
  },
  measure: ({ connections, seconds }) =>
    withServer(async (server) =>
      apart(
        await measureOnce(['rxwire', 'ws by hand'], (name) =>
          measureIn('idle.mjs', [name, server, connections, seconds], ['--expose-gc']),
        ),
      ),
    ),
};
