import { refuse } from '../src/protocol/arguments.js';

/** A number of a sequence. */
export type SequenceNumber = number | bigint;

/** The first and the last number of what came. One above the other it is empty. */
export type SequenceRange = readonly [from: SequenceNumber, to: SequenceNumber];

/** The number after another, in the same type. */
export function successor(number: SequenceNumber): SequenceNumber {
  return typeof number === 'bigint' ? number + 1n : number + 1;
}

/**
 * A number as a range of one, a range as it is.
 * @throws TypeError for what is neither
 */
export function toRange(sequence: SequenceNumber | SequenceRange | undefined): SequenceRange | undefined {
  if (sequence === undefined) return undefined;
  if (isSequenceNumber(sequence)) return [sequence, sequence];
  const [from, to, ...rest] = Array.isArray(sequence) ? (sequence as unknown[]) : [];
  if (!isSequenceNumber(from) || !isSequenceNumber(to) || rest.length > 0) {
    return refuse('sequenceOf(value)', 'a safe integer, a bigint, [from, to] of these, or undefined', sequence);
  }
  if (from > successor(to)) {
    refuse('sequenceOf(value)', 'a range that begins at most one above its end', `[${from}, ${to}]`);
  }
  return [from, to];
}

/** A number that is no safe integer may stand for several, and 1 more is the same. */
function isSequenceNumber(value: unknown): value is SequenceNumber {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
