const columns = (cells) =>
  `  ${cells[0].padEnd(30)}${cells
    .slice(1)
    .map((cell) => cell.padStart(12))
    .join('')}`;

const format = (value) => (value < 1000 ? value.toFixed(1) : Math.round(value).toString());

const list = (facts) =>
  Object.entries(facts)
    .map((fact) => fact.join(' '))
    .join(', ');

export function printEnvironment({ cpu, cores, load, node, versions }) {
  console.log(`${cpu}, ${cores} cores, load ${load.toFixed(2)} at the start, node ${node}`);
  console.log(list(versions));
}

export function printRow({ name, title, unit, effort, medians, samples, verdicts }) {
  console.log(`\n${name}: ${title}`);
  console.log(`  ${list(effort) || 'exact'}`);
  console.log(columns([unit, 'median', 'least', 'most']));
  for (const [contestant, median] of Object.entries(medians)) {
    const all = samples[contestant];
    console.log(columns([contestant, ...[median, Math.min(...all), Math.max(...all)].map(format)]));
  }
  for (const { what, value, bar, holds } of verdicts) {
    console.log(`  ${holds ? 'holds ' : 'MISSED'} ${what} = ${value}, at most ${bar}`);
  }
}
