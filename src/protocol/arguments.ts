/*
 * Checks of arguments. A value of the wrong type is a TypeError, a value out of range a RangeError. Both messages contain
 * the name, the expectation and the value.
 */

import { fieldOf } from './field-of.js';
import { isError } from './is-error.js';
import { disown, isThenable } from './is-thenable.js';

/** The longest delay of a timer, in milliseconds: with a longer one `setTimeout` fires at once. */
export const MAX_DELAY = 2_147_483_647;

/** Describes a value for a message: primitives and errors as text, other objects by their type, as they may hold secrets. */
export function describe(value: unknown): string {
  if (Object(value) !== value) return String(value);
  if (!isError(value)) return typeof value;
  const words = ['name', 'message'].map((name) => fieldOf(value, name)); // getters may throw
  return words.filter((word) => typeof word === 'string' && word).join(': ');
}

/** @throws an error with the name, the expectation and the value */
export function refuse(name: string, expectation: string, value: unknown, Kind: ErrorConstructor = TypeError): never {
  disown(value);
  const got = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : describe(value);
  throw new Kind(`Expected \`${name}\` to be ${expectation}, got ${got}.`);
}

/** Checks a number against its minimum. `Infinity` is allowed: as a duration it means never, as a count no limit. */
export function expectNumber(name: string, value: unknown, least = 0, isWhole?: boolean): void {
  const isNumber = typeof value === 'number';
  if (isNumber && value >= least && !(isWhole && value % 1)) return;
  refuse(name, `${isWhole ? 'an integer' : 'a number'} of ${least} or more`, value, isNumber ? RangeError : TypeError);
}

/** A list or a function in the place of options would be options without any. */
export function expectObject(name: string, value: unknown): void {
  const isList = Array.isArray(value);
  if (typeof value !== 'object' || !value || isList)
    refuse(name, isList ? 'an object, and no list' : 'an object', value);
}

export function expectFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') refuse(name, 'a function', value);
}

export function expectScheduler(value: { schedule?: unknown } | null): void {
  expectFunction('scheduler.schedule', value?.schedule);
}

export function expectString(name: string, value: unknown): void {
  if (typeof value !== 'string') refuse(name, 'a string', value);
}

export function expectOneOf(name: string, value: unknown, ...choices: string[]): void {
  if (choices.includes(value as string)) return;
  refuse(name, `one of ${choices.join(', ')}`, value, typeof value === 'string' ? RangeError : TypeError);
}

/**
 * Checks what a function of the user's has answered where a promise would be wrong without a word: each is a yes, and each
 * another key.
 * @returns the answer
 */
export function atOnce<T>(name: string, answer: T): T {
  if (isThenable(answer)) refuse(name, 'an answer, and no promise of one', answer);
  return answer;
}

/** Checks an option that selects numbers, a predicate or a collection. @returns it as a predicate */
export function expectNumbers<Rest extends unknown[]>(
  name: string,
  value: Iterable<number> | ((value: number, ...rest: Rest) => boolean),
): (value: number, ...rest: Rest) => boolean {
  if (typeof value === 'function') return (...args) => atOnce(`${name}(…)`, value(...args));
  if (typeof (value as Iterable<number> | null)?.[Symbol.iterator] !== 'function' || typeof value === 'string') {
    refuse(name, 'an iterable of numbers or a predicate', value);
  }
  const members = value instanceof Set ? value : new Set(value); // a Set is not copied: connections share their tables
  for (const member of members) expectNumber(name, member, 0, true);
  return (...[candidate]) => members.has(candidate);
}
