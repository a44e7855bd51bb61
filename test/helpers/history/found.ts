import type { Finding, Step } from './history.js';

/** How many messages before and after the one that was found are drawn too. */
export const NEIGHBOURS = 2;
/** The most steps that are kept to draw a finding. */
const MOST = 100;

/** Whether a step is of a message, or of a neighbour of it. */
export const isNear = ({ n, from = n, isSnapshot }: Step, of: number): boolean =>
  n >= of - NEIGHBOURS && (isSnapshot ? n : from) <= of + NEIGHBOURS;

/** A finding, or what may become one, with the steps around it: those before it, and those that follow. */
export class Found {
  readonly steps: Step[] = [];
  readonly finding: Finding;

  constructor(finding: Finding, before: readonly Step[]) {
    this.finding = finding;
    for (const step of before) this.follow(step);
  }

  follow(step: Step): void {
    const { key, n } = this.finding;
    if (step.key === key && isNear(step, n) && this.steps.length < MOST) this.steps.push(step);
  }
}
