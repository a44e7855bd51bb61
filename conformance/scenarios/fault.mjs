/** How long a client that must stay connected is watched, in milliseconds. */
const WATCHED = 2500;

/**
 * A scenario in which a client is connected, something happens, and perhaps ends.
 *
 * @param {object} options
 * @param {(server: import('../server/server.mjs').Server, trial: import('../runner/trial.mjs').Trial) => unknown} options.begin
 * @param {number} [options.after] how long the client was connected before, in milliseconds
 * @param {number} [options.lasts] how long it lasts, in milliseconds
 * @param {(server: import('../server/server.mjs').Server, trial: import('../runner/trial.mjs').Trial) => unknown} [options.end]
 * @param {import('../runner/judge.mjs').Requirements} options.requires
 */
export function fault({ id, title, begin, after = 0, lasts, end, requires, ...rest }) {
  return {
    id,
    title,
    requires,
    ...rest,
    async play(trial) {
      await trial.server.listen();
      if (!(await trial.isConnected())) return;
      await trial.lasts(after);
      await trial.fault(begin);
      if (lasts) {
        await trial.lasts(lasts);
        await trial.heal(end);
      }
      await outcome(trial, requires);
    },
  };
}

/** Waits until a scenario has an outcome. */
export async function outcome(trial, { back, stays, stops }) {
  if (stays) return trial.until(() => trial.hasStopped, WATCHED);
  if (stops !== undefined) return trial.until(() => trial.hasStopped, stops + 1000);
  return trial.until(() => trial.hasStopped || trial.firstBack !== undefined, (back ?? 0) + 1500);
}
