/*
 * How a bad argument is refused: a TypeError where the kind is wrong, a RangeError where the value is, and in both the
 * name, the expectation and what came instead.
 */

/** The longest delay that timers take: `setTimeout` fires at once for anything longer. */
export const MAX_DELAY = 2_147_483_647;

/** A bounded, one-line picture of a value for an error message. */
function picture(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

export function wrongType(name: string, expectation: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${name}\` to be ${expectation}, got ${picture(value)}.`);
}

export function outOfRange(name: string, expectation: string, value: unknown): RangeError {
  return new RangeError(`Expected \`${name}\` to be ${expectation}, got ${picture(value)}.`);
}

function expectNumber(name: string, expectation: string, value: unknown, holds: (value: number) => boolean): void {
  if (typeof value !== 'number') throw wrongType(name, expectation, value);
  if (!holds(value)) throw outOfRange(name, expectation, value);
}

/** A duration in milliseconds; `Infinity` means never. */
export function expectDuration(name: string, value: unknown): void {
  expectNumber(name, 'a number of milliseconds, 0 or more', value, (ms) => ms >= 0);
}

export function expectPositiveDuration(name: string, value: unknown): void {
  expectNumber(name, 'a number of milliseconds above 0', value, (ms) => ms > 0);
}

export function expectPositiveInteger(name: string, value: unknown): void {
  expectNumber(name, 'a positive integer', value, (count) => Number.isInteger(count) && count > 0);
}

/** A whole number of 0 or more; `Infinity` means no limit. */
export function expectCount(name: string, value: unknown): void {
  const holds = (count: number) => count === Infinity || (Number.isInteger(count) && count >= 0);
  expectNumber(name, 'an integer of 0 or more, or Infinity', value, holds);
}

export function expectAtLeast(name: string, minimum: number, value: unknown): void {
  expectNumber(name, `a finite number of ${minimum} or more`, value, (n) => n >= minimum && n !== Infinity);
}

export function expectFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value);
}

export function expectObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'an object', value);
}

export function expectOneOf(name: string, choices: readonly string[], value: unknown): void {
  const expectation = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  if (typeof value !== 'string') throw wrongType(name, expectation, value);
  if (!choices.includes(value)) throw outOfRange(name, expectation, value);
}

export function expectScheduler(value: unknown): void {
  if (typeof (value as { schedule?: unknown } | null)?.schedule !== 'function') {
    throw wrongType('scheduler', 'a SchedulerLike', value);
  }
}

/** What chooses numbers: a predicate, or a collection that is asked whether it holds one. */
export function expectNumbers(
  name: string,
  value: Iterable<number> | ((value: number) => boolean),
): (value: number) => boolean {
  if (typeof value === 'function') return value;
  if (typeof (value as Iterable<number> | null)?.[Symbol.iterator] !== 'function' || typeof value === 'string') {
    throw wrongType(name, 'an iterable of numbers or a predicate', value);
  }
  const members = new Set(value);
  for (const member of members) expectNumber(name, 'integers only', member, Number.isInteger);
  return (candidate) => members.has(candidate);
}
