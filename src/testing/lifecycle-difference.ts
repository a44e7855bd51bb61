import { isError } from '../protocol/is-error.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { nameOf } from './lifecycle-letters.js';
import { drawMarbles } from './marbles.js';

/** Longer values are cut. */
const LONGEST = 100;

/** A letter of a lifecycle, when it happens, and the event or the error. */
export interface Happening {
  readonly frame: number;
  readonly letter: string;
  readonly event?: unknown;
}

/** A lifecycle is not as expected. Test runners show `expected` and `actual` as a difference. */
class LifecycleDifference extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
  readonly showDiff = true;
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string, where: string) {
    super(`The lifecycle is not as expected.\n\n  expected  ${expected}\n  actual    ${actual}\n\n${where}`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** Compares the letters and their times. @returns the error if they differ */
export function differenceOf(expected: readonly Happening[], actual: readonly Happening[]): Error | undefined {
  const isSame = (index: number) =>
    expected[index]!.letter === actual[index]?.letter && expected[index]!.frame === actual[index].frame;
  let first = 0;
  while (first < expected.length && isSame(first)) first++;
  if (first === expected.length && first === actual.length) return undefined;
  return new LifecycleDifference(
    drawMarbles(expected),
    drawMarbles(actual),
    // Mocha takes what stands behind ': expected' for its own, and does not print it.
    `  Event ${first + 1} should be ${worded(expected[first])}, and is ${worded(actual[first])}.`,
  );
}

function worded(happening: Happening | undefined): string {
  if (!happening) return 'nothing';
  const { frame, letter, event } = happening;
  const details = detailsOf(event);
  return `${letter} (${nameOf(letter)}${details && `: ${details}`}) at ${frame} ms`;
}

function detailsOf(event: unknown): string {
  if (isError(event)) return `${event.name}: ${event.message}`;
  const { type, ...fields } = (event ?? {}) as LifecycleEvent;
  switch (type) {
    case undefined:
      return '';
    default:
      return Object.entries(fields)
        .filter(([name, value]) => name !== 'link' && value !== '')
        .map(([name, value]) => `${name} ${isError(value) ? value.name : shown(value)}`)
        .join(', ');
  }
}

/** A message that was rejected may be long. */
function shown(value: unknown): string {
  const text = String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
