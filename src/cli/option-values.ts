import { UsageError } from './usage-error.js';

/** Keeps only the options that were given. The library has the defaults of the others. */
export function given<T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Reads a value, if there is one. */
export function mapped<V, T>(value: V | undefined, read: (value: V) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

/** @throws UsageError if it is not a whole number in this range */
export function whole(name: string, value: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new UsageError(`Expected ${name} to be a whole number ${range}, got '${value}'.`);
}

/** @throws UsageError if it is not a list of whole numbers in this range */
export function list(name: string, value: string, least: number, most?: number): number[] {
  return value.split(',').map((item) => whole(name, item.trim(), least, most));
}

/** @throws UsageError if it is not one of the choices */
export function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined)
    throw new UsageError(`Expected ${name} to be one of ${choices.join(', ')}, got '${value}'.`);
  return choice;
}

/** Two whole numbers, as in `5/1000`. @throws UsageError for anything else */
export function ratio(name: string, value: string): readonly [number, number] {
  const [, first, second] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
  if (first === undefined || second === undefined) {
    throw new UsageError(`Expected ${name} to be two whole numbers like 5/1000, got '${value}'.`);
  }
  return [whole(name, first, 1), whole(name, second, 1)];
}

/** @throws UsageError if both options are given */
export function notBoth(one: string, isOne: unknown, other: string, isOther: unknown): void {
  if (isOne !== undefined && isOther !== undefined) throw new UsageError(`${one} and ${other} exclude each other.`);
}

/** @throws UsageError if the option is given without the one that it belongs to */
export function needs(one: string, isOne: unknown, other: string, isOther: unknown): void {
  if (isOne !== undefined && isOther === undefined) throw new UsageError(`${one} needs ${other}.`);
}
