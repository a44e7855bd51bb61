/**
 * All that was measured, as JSON.
 *
 * @param {readonly import('../runner/run.mjs').Result[]} results
 * @returns {string}
 */
export function json(results) {
  const plain = results.map(({ client, scenario: { id, group, title }, facts, notRun, findings, surprises }) => ({
    client,
    scenario: id,
    group,
    title,
    ...(notRun ? { notRun } : { facts }),
    findings,
    surprises,
  }));
  return JSON.stringify(plain, undefined, 2);
}
