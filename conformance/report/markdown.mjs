/** @typedef {import('../runner/run.mjs').Result} Result */

const seconds = (milliseconds) => (milliseconds === undefined ? '–' : `${(milliseconds / 1000).toFixed(1)} s`);

/** What a client did, in a word or two. @param {import('../runner/facts.mjs').Facts} facts */
function outcome({ crash, connected, hasFault, stopped, noticed, back }) {
  if (crash !== undefined) return 'crashed';
  if (stopped !== undefined) return 'stopped';
  if (connected === undefined) return 'never connected';
  if (!hasFault) return 'connected';
  if (noticed === undefined) return 'stayed connected';
  return back === undefined ? 'did not come back' : 'came back';
}

/** @param {Result} result */
function cells({ scenario: { closesItself }, facts, notRun, findings }) {
  if (!facts) return [`not run: ${notRun}`, '', '', '', '', '', '', ''];
  const { noticed, back, rate, lost, doubled, reordered, extra } = facts;
  const shown = Object.entries(extra).map(([name, value]) => `${name}: ${value}`);
  return [
    [closesItself ? 'closed' : outcome(facts), ...shown].join('; '),
    seconds(noticed),
    seconds(back),
    String(rate),
    String(lost),
    String(doubled),
    String(reordered),
    findings.join('; ') || 'none',
  ];
}

const HEAD = [
  'client',
  'what it did',
  'noticed',
  'back',
  'most attempts in 1 s',
  'lost',
  'twice',
  'reordered',
  'found',
];

function table(head, rows) {
  const line = (cellsOfRow) => `| ${cellsOfRow.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * All that was measured: a heading for each group, a table for each scenario.
 *
 * @param {readonly Result[]} results
 * @returns {string}
 */
export function markdown(results) {
  const scenarios = [...new Map(results.map(({ scenario }) => [scenario.id, scenario])).values()];
  const parts = [];
  let group;
  for (const scenario of scenarios) {
    if (scenario.group !== group) parts.push(`### ${(group = scenario.group)}`);
    const rows = results.filter((result) => result.scenario.id === scenario.id);
    parts.push(
      `**${scenario.id}**: ${scenario.title}.`,
      table(
        HEAD,
        rows.map((result) => [result.client, ...cells(result)]),
      ),
    );
  }
  return parts.join('\n\n');
}

/**
 * What was found, without the figures: a row for each scenario, a column for each client.
 *
 * @param {readonly Result[]} results
 * @returns {string}
 */
export function overview(results) {
  const clients = [...new Set(results.map(({ client }) => client))];
  const scenarios = [...new Map(results.map(({ scenario }) => [scenario.id, scenario])).values()];
  const found = (client, { id }) => {
    const result = results.find((one) => one.client === client && one.scenario.id === id);
    if (!result) return '';
    return result.notRun ? 'not run' : result.findings.join('; ') || '✓';
  };
  const rows = scenarios.map((scenario) => [scenario.title, ...clients.map((client) => found(client, scenario))]);
  return table(['what happens', ...clients], rows);
}

/** What the adapters set. @param {readonly import('../runner/adapter.mjs').Adapter[]} adapters */
export const settings = (adapters) =>
  table(
    ['client', 'settings'],
    adapters.map(({ name, settings: set }) => [name, set]),
  );
