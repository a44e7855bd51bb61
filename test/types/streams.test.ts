import type { Observable } from 'rxjs';
import { asyncScheduler } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  bufferCountOrTime,
  inSequence,
  isSequenceGapError,
  mergeMapBounded,
  observeWebSocket,
} from '../../src/index.js';
import type {
  BufferCountOrTimeOptions,
  InSequenceOptions,
  MergeMapBoundedOptions,
  SequenceGap,
  SequenceGapError,
} from '../../src/index.js';

interface Trade {
  readonly id: number;
  readonly price: bigint;
}

const { messages } = observeWebSocket<Trade>('ws://test');

/* Checked by the compiler; what must not compile stands under `@ts-expect-error`. */
describe('The types of the operators on any stream', () => {
  it('know the values of inSequence in each of its functions', () => {
    const result = messages.pipe(
      inSequence(({ id }) => id, {
        keyOf: ({ price }) => price,
        isStart: ({ id }) => id === 1,
        onGap: ({ value }) => expectTypeOf(value).toEqualTypeOf<Trade>(),
      }),
    );

    expectTypeOf(result).toEqualTypeOf<Observable<Trade>>();
    expectTypeOf(messages.pipe(inSequence(({ price }) => price))).toEqualTypeOf<Observable<Trade>>();
    expectTypeOf(messages.pipe(inSequence(({ id, price }) => [id, price]))).toEqualTypeOf<Observable<Trade>>();
    expectTypeOf(messages.pipe(inSequence(() => undefined))).toEqualTypeOf<Observable<Trade>>();
    expectTypeOf<NonNullable<InSequenceOptions<Trade>['onGap']>>().parameter(0).toEqualTypeOf<SequenceGap<Trade>>();
    // @ts-expect-error -- a text is no number of a sequence
    inSequence(() => '1');
    // @ts-expect-error -- a range has two ends
    inSequence(() => [1, 2, 3]);
  });

  it('narrow an error by its guard', () => {
    const error: unknown = undefined;

    if (isSequenceGapError(error)) expectTypeOf(error).toEqualTypeOf<SequenceGapError>();
    expectTypeOf<SequenceGapError['expected']>().toEqualTypeOf<number | bigint>();
  });

  it('of bufferCountOrTime take a scheduler or options', () => {
    expectTypeOf(messages.pipe(bufferCountOrTime(1, 1, asyncScheduler))).toEqualTypeOf<Observable<Trade[]>>();
    expectTypeOf(
      messages.pipe(bufferCountOrTime(1, 1, { scheduler: asyncScheduler, sizeOf: ({ id }) => id, maxSize: 5 })),
    ).toEqualTypeOf<Observable<Trade[]>>();
    expectTypeOf<BufferCountOrTimeOptions<Trade>['sizeOf']>().toEqualTypeOf<((value: Trade) => number) | undefined>();
    // @ts-expect-error -- a size is a number
    bufferCountOrTime(1, 1, { sizeOf: () => '5' });
  });

  it('of mergeMapBounded know what is conflated', () => {
    expectTypeOf(
      messages.pipe(mergeMapBounded(({ id }) => [id], { conflateBy: ({ price }) => price, delayError: true })),
    ).toEqualTypeOf<Observable<number>>();
    // @ts-expect-error -- whether, and not how much
    expectTypeOf({ delayError: 1 }).toExtend<MergeMapBoundedOptions<Trade>>();
  });
});
