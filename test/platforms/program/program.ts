import type { Transport } from 'rxwire';
import { Place } from './place.js';
import { STEPS } from './steps.js';
import type { Step } from './steps.js';

/** What came of each step. */
export type Findings = Readonly<Record<Step, string>>;

const PATIENCE = 15_000;

/** Does all that a client does, one step after the other, whatever comes of them. */
export async function runProgram(url: string, transport?: Transport): Promise<Findings> {
  const place = new Place(url, transport);
  const findings: Record<string, string> = {};
  for (const [name, step] of Object.entries(STEPS)) findings[name] = await within(PATIENCE, step, place);
  return findings as Findings;
}

async function within(ms: number, step: (place: Place) => unknown, place: Place): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms, 'does not end')));
  try {
    return String(await Promise.race([step(place), late]));
  } catch (thrown) {
    return `fails: ${String(thrown)}`;
  } finally {
    clearTimeout(timer);
  }
}
