import { HistoryChecker } from './history-checker.js';
import type { Rules } from './history-checker.js';
import { STAGES } from './history.js';
import type { Step } from './history.js';

/** Checks a whole history at once. The steps of one place are in their order; places may come one after the other. */
export function checkHistory(steps: readonly Step[], rules: Rules = {}): HistoryChecker {
  const checker = new HistoryChecker(rules, { keep: Infinity, most: Infinity });
  for (const step of inTime(steps)) checker.take(step);
  checker.finish();
  return checker;
}

/** By time, and of what is at the same time by stage. */
export function inTime(steps: readonly Step[]): Step[] {
  return [...steps].sort(compareSteps);
}

export const compareSteps = (one: Step, other: Step): number =>
  one.at - other.at || STAGES.indexOf(one.stage) - STAGES.indexOf(other.stage);
