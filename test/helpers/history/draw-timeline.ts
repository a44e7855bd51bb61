import { isNear, NEIGHBOURS } from './found.js';
import type { Found } from './found.js';
import { STAGES } from './history.js';
import type { Fault, Finding, Stage, Step } from './history.js';

/**
 * Draws when a message and its neighbours were at each stage, in milliseconds since the start of the history, and where.
 *
 * @param start the time of the first step
 */
export function drawTimeline(
  { fault, key, n, stage, place }: Finding,
  steps: readonly Step[],
  stages: readonly Stage[] = STAGES,
  start = steps.reduce((least, { at }) => Math.min(least, at), Infinity),
): string {
  const near = steps.filter((step) => step.key === key && isNear(step, n));
  const isOf = (of: number) => (step: Step) => of <= step.n && of >= (step.isSnapshot ? step.n : (step.from ?? step.n));
  const around = Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, index) => n - NEIGHBOURS + index);
  const numbers = around.filter((of) => near.some(isOf(of)));
  const cell = (of: number, at: Stage) =>
    near
      .filter((step) => isOf(of)(step) && step.stage === at)
      .map((step) => `${(step.at - start).toFixed(1)} ${step.place}${step.isSnapshot ? ' (snapshot)' : ''}`)
      .join(' + ') || '-';
  const rows = [['', ...stages], ...numbers.map((of) => [`${key}/${of}`, ...stages.map((at) => cell(of, at))])];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row, index) => {
    const line = row.map((text, column) => text.padEnd(widths[column]!)).join('  ');
    return numbers[index - 1] === n ? `${line}  <- ${fault}` : line.trimEnd();
  });
  const where = fault === 'lost' ? `after "${stage}"` : `at "${stage}"`;
  return [`${key}/${n} is ${fault} ${where} (${place})`, ...lines].join('\n');
}

/** The first findings, drawn, and how many there are of each kind. Empty if there are none. */
export function describeFound(
  found: readonly Found[],
  counts: ReadonlyMap<Fault, number>,
  stages: readonly Stage[],
  start: number | undefined,
): string {
  if (counts.size === 0) return '';
  const summary = [...counts].map(([fault, count]) => `${count} ${fault}`).join(', ');
  return [summary, ...found.map(({ finding, steps }) => drawTimeline(finding, steps, stages, start))].join('\n\n');
}
