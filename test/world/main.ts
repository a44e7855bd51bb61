/*
 * npm run simulate:world -- [--seed N] [--hours N | --seconds N | --worlds N] [--trace]
 *
 * Plays one world after another, each of the seed after the last one's, until so many virtual connection-hours, real
 * seconds or worlds are over, or until one fails: that is shrunk, and printed with its seed and what happened in it.
 */

import { parseArgs } from 'node:util';
import { checkWorlds, planOf } from './check.js';
import { library } from './library.js';
import { playWorld } from './play.js';

const { values } = parseArgs({
  options: {
    ...{ seed: { type: 'string' }, hours: { type: 'string' }, seconds: { type: 'string' }, worlds: { type: 'string' } },
    trace: { type: 'boolean', default: false },
  },
});
const limits = { hours: positive('hours'), seconds: positive('seconds'), worlds: positive('worlds') };
if (Object.values(limits).every((limit) => limit === Infinity)) limits.hours = 1000;
const first = values.seed === undefined ? 1 + Math.floor(Math.random() * 1e9) : positive('seed');

const played = { worlds: 0, hours: 0, steps: 0 };
const begun = performance.now();
const seconds = () => (performance.now() - begun) / 1000;

let seed = first;
let isWell = true;
while (isWell && played.worlds < limits.worlds && played.hours < limits.hours && seconds() < limits.seconds) {
  const { complaints, hours, steps, trace } = await playWorld(library, planOf(seed), values.trace);
  played.worlds++;
  played.hours += hours;
  played.steps += steps;
  if (values.trace) console.log(trace.join('\n'));
  isWell = complaints.length === 0;
  if (isWell) seed++;
  else console.log(`The world of seed ${seed} fails:\n  ${complaints.join('\n  ')}`);
}

console.log(
  `${played.worlds} worlds of the seeds ${first} to ${first + played.worlds - 1}: ` +
    `${Math.floor(played.hours)} connection-hours, ${played.steps} steps, in ${Math.round(seconds())} s.`,
);
if (!isWell) {
  const { counterexample, numShrinks } = await checkWorlds(library, seed, 1);
  const [plan] = counterexample ?? [planOf(seed)];
  const { complaints, trace } = await playWorld(library, plan, true);
  console.log(`The smallest world that fails, after ${numShrinks} steps of shrinking:\n${JSON.stringify(plan)}`);
  console.log(
    `What happens in it:\n  ${trace
      .filter((line) => !/"(message|ping|pong|heartbeat)"/.test(line))
      .slice(-60)
      .join('\n  ')}\n  ${complaints.join('\n  ')}`,
  );
  console.log(`Play it again: npm run simulate:world -- --seed ${seed} --worlds 1`);
  process.exitCode = 1;
}

function positive(name: 'seed' | 'hours' | 'seconds' | 'worlds'): number {
  const value = Number(values[name] ?? Infinity);
  if (value > 0) return value;
  throw new RangeError(`Expected \`--${name}\` to be a number above 0, got ${values[name]}.`);
}
