const WIDTH = 30;

const columns = ([first, ...cells]) => `  ${first.padEnd(WIDTH)}${cells.map((cell) => cell.padStart(12)).join('')}`;

const format = (value) =>
  value === undefined || value === null ? '' : value < 1000 ? value.toFixed(1) : Math.round(value).toString();

/** Enough digits to compare a figure with its bar. */
const precise = (value) => (Math.abs(value) < 100 ? value.toFixed(3) : Math.round(value).toString());

const list = (facts) =>
  Object.entries(facts)
    .map((fact) => fact.join(' '))
    .join(', ');

export function printEnvironment({ cpu, cores, load, node, versions }) {
  console.log(`${cpu}, ${cores} cores, load ${load.toFixed(2)} at the start, node ${node}`);
  console.log(list(versions));
}

export function printRow({ name, title, unit, effort, medians, samples, allocated = {}, verdicts }) {
  console.log(`\n${name}: ${title}`);
  console.log(`  ${list(effort) || 'exact'}`);
  console.log(columns([unit, 'median', 'least', 'most', ...(Object.keys(allocated).length ? ['bytes'] : [])]));
  for (const [contestant, median] of Object.entries(medians)) {
    const all = samples[contestant];
    console.log(
      columns([contestant, ...[median, Math.min(...all), Math.max(...all), allocated[contestant]].map(format)]),
    );
  }
  for (const { what, value, low, high, bar, verdict = '' } of verdicts) {
    const interval = low === high ? '' : ` (${precise(low)} to ${precise(high)})`;
    const limit = bar === undefined ? '' : `, at most ${precise(bar)}`;
    console.log(`  ${verdict.padEnd(10)} ${what} = ${precise(value)}${interval}${limit}`);
  }
}
