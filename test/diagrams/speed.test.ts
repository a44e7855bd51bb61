import { expect, it } from 'vitest';
import { speedChart } from './speed-chart.js';
import { speedPage } from './speed-page.js';
import { machines } from './speed-results.js';

it('docs/speed.md has the results that were kept of each machine', async () => {
  await expect(speedPage()).toMatchFileSnapshot('../../docs/speed.md');
});

it.each(machines)('docs/images has the chart of $name', async (machine) => {
  await expect(speedChart(machine)).toMatchFileSnapshot(`../../docs/images/speed-${machine.name}.svg`);
});
