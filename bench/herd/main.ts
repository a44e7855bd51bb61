/*
 * npm run simulate -- [--seed N] [--clients N]
 *
 * Prints the result of each policy in each scenario. Without options it also writes the figures to docs/herd.md, and the
 * charts to docs/images.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { withSection } from '../../test/helpers/section.js';
import { draw } from './draw.js';
import { policies } from './policies.js';
import { table } from './report.js';
import { scaled, scenes } from './scenes.js';
import { simulate } from './simulate.js';

const PAGE = 'docs/herd.md';

const { values } = parseArgs({ options: { seed: { type: 'string' }, clients: { type: 'string' } } });
const seed = positive('seed', 1);
const clients = positive('clients', scenes.outage.clients);
const isForThePage = Object.keys(values).length === 0;

let page = readFileSync(PAGE, 'utf8');
for (const [name, standard] of Object.entries(scenes)) {
  const scene = scaled(standard, clients);
  const outcomes = new Map(Object.entries(policies).map(([policy, delays]) => [policy, simulate(delays, scene, seed)]));
  const text = table(outcomes, scene);
  console.log(`${name}\n\n${text}\n`);
  if (!isForThePage) continue;
  page = withSection(page, `herd:${name}`, text);
  writeFileSync(`docs/images/herd-${name}.svg`, draw(outcomes, scene));
}
if (isForThePage) writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));

function positive(name: 'seed' | 'clients', otherwise: number): number {
  const value = Number(values[name] ?? otherwise);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`Expected \`--${name}\` to be an integer above 0, got ${values[name]}.`);
}
