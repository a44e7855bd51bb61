const columns = (cells) =>
  `  ${cells[0].padEnd(30)}${cells
    .slice(1)
    .map((cell) => cell.padStart(12))
    .join('')}`;

const format = (value) => (value < 1000 ? value.toFixed(1) : Math.round(value).toString());

export function printEnvironment({ cpu, cores, load, node, versions }) {
  console.log(`${cpu}, ${cores} cores, load ${load.toFixed(2)} at the start, node ${node}`);
  console.log(
    Object.entries(versions)
      .map((entry) => entry.join(' '))
      .join(', '),
  );
}

export function printRow({ name, title, unit, medians, samples, verdicts }) {
  console.log(`\n${name}: ${title}`);
  console.log(columns([`${unit}, ${Object.values(samples)[0].length} rounds`, 'median', 'least', 'most']));
  for (const [contestant, median] of Object.entries(medians)) {
    const all = samples[contestant];
    console.log(columns([contestant, ...[median, Math.min(...all), Math.max(...all)].map(format)]));
  }
  for (const { what, value, bar, holds } of verdicts) {
    console.log(`  ${holds ? 'holds ' : 'MISSED'} ${what} = ${value}, at most ${bar}`);
  }
}
