// Measures what a client measures, in a process under `libfaketime`, while it sets its own wall clock.
import { interval } from 'rxjs';
import { alive } from './alive.js';
import { durations } from './durations.js';
import { healthy } from './healthy.js';
import { WallClock } from './wall-clock.js';

const kinds = { alive, durations, healthy };
const [, , clockFile = '', kind = '', server = '', unit = '', ...steps] = process.argv;

/** How often the wall clock is set. */
const PERIOD = 40;

const clock = new WallClock(clockFile);
if (steps.length > 0) interval(PERIOD).subscribe((n) => clock.step(Number(steps[n % steps.length])));

const all = Object.entries(kinds[kind as keyof typeof kinds](server, Number(unit)));
let pending = all.length;
process.send!(['begun', pending]);
for (const [name, { measure }] of all) {
  const measured = measure();
  if (kind === 'healthy') await measured; // one after the other: they share a clock that is changed
  void measured.then((value) => {
    process.send!([name, value]);
    if (--pending === 0) process.disconnect();
  });
}
process.on('disconnect', () => process.exit());
