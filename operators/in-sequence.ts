import { defer, filter } from 'rxjs';
import type { OperatorFunction } from 'rxjs';
import { atOnce, expectFunction, expectObject } from '../src/protocol/arguments.js';
import { SequenceGapError } from '../src/protocol/sequence-gap-error.js';
import type { SequenceGap } from '../src/protocol/sequence-gap-error.js';
import { successor, toRange } from './sequence-range.js';
import type { SequenceNumber, SequenceRange } from './sequence-range.js';

/** What {@link inSequence} can be given; each function is called once a value at most. */
export interface InSequenceOptions<T> {
  /** Which sequence a value belongs to, compared as in a `Map`. @default all belong to one */
  keyOf?: ((value: T) => unknown) | undefined;
  /**
   * Whether a value begins its sequence anew, as a snapshot does: it passes whatever its number is, and what has a number
   * does not pass before the first one. @default the first value begins the sequence
   */
  isStart?: ((value: T) => boolean) | undefined;
  /**
   * Called where values are missing; then the sequence begins anew: with the next start, or with this value where there
   * is no `isStart`. @default errors with a `SequenceGapError`
   */
  onGap?: ((gap: SequenceGap<T>) => void) | undefined;
}

/**
 * Lets a sequence pass without repeats, and notices where values are missing.
 *
 * ```
 * source:                                          1-2-2-3-6-7-|
 * inSequence(numberOf):                            1-2---3-#        4 was expected
 * inSequence(numberOf, { onGap }):                 1-2---3-6-7-|    onGap is called with { expected: 4, got: 6 }
 *
 * source:                                          8-S-10-12-S'-13-|     S: the snapshot 9, S': the snapshot 12
 * inSequence(numberOf, { isStart, onGap }):        --S-10----S'-13-|     onGap is called with { expected: 11, got: 12 }
 * ```
 *
 * A number follows the one before it. A range `[from, to]` begins one above the last number or earlier, and ends the
 * sequence so far at `to`; `[last + 1, last]` is an empty one, as keep-alives have. What ends not above the last number
 * is a repeat and is dropped. Numbers and bigints may be mixed, and are compared by their value.
 *
 * A value for which `sequenceOf` returns `undefined` always passes, and its sequence is forgotten: what comes next is as
 * the first. A start without a number begins the sequence with whatever number comes next.
 *
 * What `onGap` brings about synchronously comes first: the value behind the gap passes only if it still follows. Errors
 * with a `SequenceGapError` where values are missing and there is no `onGap`, with a TypeError where `sequenceOf`
 * returns anything else (NaN, a number above `Number.MAX_SAFE_INTEGER`, a text), and with what a function throws.
 * Otherwise errors and completes with the source; unsubscribing forgets everything.
 *
 * @param sequenceOf the number of a value, or the range of numbers that it stands for
 * @throws TypeError for a bad argument
 *
 * @example
 * const book = topics('BTC').pipe(
 *   inSequence(({ first, last }) => [first, last], {
 *     isStart: ({ type }) => type === 'snapshot',
 *     onGap: () => topics.resync('BTC'),
 *   }),
 * );
 * @see [drawn from a run](../docs/operators.md#insequence)
 */
export function inSequence<T>(
  sequenceOf: (value: T) => number | bigint | readonly [from: number | bigint, to: number | bigint] | undefined,
  options: InSequenceOptions<T> = {},
): OperatorFunction<T, T> {
  expectFunction('sequenceOf', sequenceOf);
  expectObject('options', options);
  const { keyOf, isStart, onGap } = options;
  if (keyOf !== undefined) expectFunction('keyOf', keyOf);
  if (isStart !== undefined) expectFunction('isStart', isStart);
  if (onGap !== undefined) expectFunction('onGap', onGap);

  return (source) =>
    defer(() => {
      /** Of each sequence that has begun; `undefined` where it began without a number. */
      const lasts = new Map<unknown, SequenceNumber | undefined>();

      const judge = (key: unknown, [from, to]: SequenceRange): 'next' | 'repeat' | 'gap' | 'early' => {
        const last = lasts.get(key);
        if (last === undefined) return isStart && !lasts.has(key) ? 'early' : 'next';
        if (to <= last) return 'repeat';
        return from <= successor(last) ? 'next' : 'gap';
      };

      const passes = (value: T): boolean => {
        const range = toRange(sequenceOf(value));
        const key = atOnce('keyOf(value)', keyOf?.(value));
        if (atOnce('isStart(value)', isStart?.(value))) {
          lasts.set(key, range?.[1]);
          return true;
        }
        if (!range) {
          lasts.delete(key);
          return true;
        }

        let verdict = judge(key, range);
        if (verdict === 'gap') {
          const gap = { key, expected: successor(lasts.get(key)!), got: range[0], value };
          if (!onGap) throw new SequenceGapError(gap);
          if (isStart) lasts.delete(key);
          onGap(gap);
          verdict = judge(key, range);
          if (verdict === 'gap' && !isStart) verdict = 'next';
        }
        if (verdict === 'next') lasts.set(key, range[1]);
        return verdict === 'next';
      };

      return source.pipe(filter(passes));
    });
}
