import { describe } from './arguments.js';
import { isWebSocketError } from './error-guards.js';
import { WebSocketError } from './errors.js';

/** Where a sequence has a gap. */
export interface SequenceGap<T = unknown> {
  /** Which sequence, where there are several. */
  readonly key: unknown;
  /** The number after the last one. */
  readonly expected: number | bigint;
  /** The number that came, or the first one of the range that came. */
  readonly got: number | bigint;
  /** What came with it. */
  readonly value: T;
}

/** Values of a sequence are missing. */
export class SequenceGapError extends WebSocketError implements SequenceGap {
  override readonly name = 'SequenceGapError';
  readonly key: unknown;
  readonly expected: number | bigint;
  readonly got: number | bigint;
  /** Not a field of its own, which every log would show. */
  readonly #value: unknown;

  constructor({ key, expected, got, value }: SequenceGap) {
    const where = key === undefined ? '' : ` of ${describe(key)}`;
    super(`There is a gap in the sequence${where}: expected ${expected}, got ${got}.`);
    this.key = key;
    this.expected = expected;
    this.got = got;
    this.#value = value;
  }

  /** What came behind the gap; not shown in logs. */
  get value(): unknown {
    return this.#value;
  }

  /** Safe to log: a bigint, which JSON does not know, is a string. */
  override toJSON(): object {
    const { key, expected, got } = this;
    const inJson = (value: unknown) => (typeof value === 'number' || value === undefined ? value : describe(value));
    return { ...super.toJSON(), key: inJson(key), expected: inJson(expected), got: inJson(got) };
  }
}

/** Whether an error is a {@link SequenceGapError}, of whatever copy of this package. */
export function isSequenceGapError(error: unknown): error is SequenceGapError {
  return isWebSocketError(error) && error.name === 'SequenceGapError';
}
