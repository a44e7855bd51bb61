import { EMPTY, map, NEVER, of, Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { mergeMapBounded } from '../../operators/index.js';
import type { MergeMapBoundedOptions } from '../../operators/index.js';
import type { Pausable } from '../../src/protocol/pausable.js';
import { inVirtualTime } from '../helpers/marbles.js';

/** Values of the form `a1`: the letter is the key, the number says how new it is. */
const conflateBy = (value: string) => value[0];

/** Inner streams that are ended by hand, and what becomes of the values. */
function played(options: MergeMapBoundedOptions<string>) {
  const source = new Subject<string>();
  const inners: Subject<never>[] = [];
  const started: string[] = [];
  const log: string[] = [];
  const project = (value: string) => {
    started.push(value);
    inners.push(new Subject());
    return inners.at(-1)!;
  };
  const subscription = source
    .pipe(mergeMapBounded(project, { conflateBy, onDrop: (value) => log.push(`drop ${value}`), ...options }))
    .subscribe({ error: (error: unknown) => log.push(String(error)), complete: () => log.push('|') });
  const send = (...values: string[]) => values.forEach((value) => source.next(value));
  const endAll = () => {
    for (const inner of inners) inner.complete(); // those too that are begun meanwhile
  };
  return { source, started, log, send, endAll, subscription };
}

describe('mergeMapBounded with conflateBy', () => {
  it('keeps the newest value of each key that waits, in the place of the one that it replaces', () => {
    const { send, endAll, started, log } = played({});

    send('x1', 'a1', 'b1', 'c1', 'a2', 'c2', 'a3');
    endAll();

    expect(started).toEqual(['x1', 'a3', 'b1', 'c2']);
    expect(log).toEqual(['drop a1', 'drop c1', 'drop a2']);
  });

  it('draws what its documentation shows, with an error that is delayed', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -abcB---#    ');
      const inner = cold('    ---x|        ');
      const sub = '          ^-------!    ';
      const expected = '     ----a---B---c#';

      const result = source.pipe(
        mergeMapBounded((letter) => inner.pipe(map(() => letter)), {
          conflateBy: (letter) => letter.toLowerCase(),
          delayError: true,
        }),
      );

      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('replaces nothing that runs', () => {
    const { send, endAll, started, log } = played({ concurrency: 2 });

    send('a1', 'b1', 'a2', 'b2');
    endAll();

    expect(started).toEqual(['a1', 'b1', 'a2', 'b2']);
    expect(log).toEqual([]);
  });

  it('knows a key no more once its value runs, or was dropped', () => {
    const { send, endAll, started, log } = played({ highWaterMark: 1, overflow: 'dropOldest' });

    send('x1', 'a1', 'b1', 'a2');
    endAll();
    send('a3');

    expect(started).toEqual(['x1', 'a2', 'a3']);
    expect(log).toEqual(['drop a1', 'drop b1']);
  });

  it('knows the key of a newest value no more that was dropped', () => {
    const { send, endAll, started, log } = played({ highWaterMark: 1, overflow: 'dropNewest' });

    send('x1', 'a1', 'b1', 'b2', 'a2');
    endAll();

    expect(started).toEqual(['x1', 'a2']);
    expect(log).toEqual(['drop b1', 'drop b2', 'drop a1']);
  });

  it('replaces nothing whose key is undefined; other keys are compared as in a Map', () => {
    const keys: Readonly<Record<string, unknown>> = { u: undefined, n: null, N: NaN, o: {} };
    const { send, endAll, started } = played({ conflateBy: (value) => keys[value[0]!] });

    send('u0', 'u1', 'n1', 'N1', 'o1', 'u2', 'n2', 'N2', 'o2', 'u3');
    endAll();

    expect(started).toEqual(['u0', 'u1', 'n2', 'N2', 'o2', 'u2', 'u3']);
  });

  it('replaces a value that is undefined itself', () => {
    const started: unknown[] = [];
    const dropped: unknown[] = [];
    const source = new Subject<undefined>();
    source
      .pipe(
        mergeMapBounded((value) => (started.push(value), NEVER), {
          conflateBy: () => 'key',
          onDrop: (value) => dropped.push(value),
        }),
      )
      .subscribe();

    for (let n = 0; n < 3; n++) source.next(undefined);

    expect({ started, dropped }).toEqual({ started: [undefined], dropped: [undefined] });
  });

  it('asks for the key of each value once', () => {
    const asked = vi.fn(conflateBy);
    const { send, endAll } = played({ conflateBy: asked });

    send('a1', 'a2', 'a3', 'b1');
    endAll();

    expect(asked.mock.calls).toEqual([['a1'], ['a2'], ['a3'], ['b1']]);
  });

  it('reaches no mark with values that replace others', () => {
    const { send, log } = played({ highWaterMark: 2, onDrop: () => undefined });

    send('x1', 'a1', 'b1', 'a2', 'b2', 'a3');
    expect(log).toEqual([]);
    send('c1');

    expect(log).toEqual(['BufferOverflowError: The buffer is full: 2 values wait for a slow consumer.']);
  });

  it('replaces what waits while the source is paused as well', () => {
    const leases: string[] = [];
    const pausing: Pausable = {
      canPause: true,
      pause: () => (leases.push('pause'), () => void leases.push('release')),
    };
    const { send, endAll, started, log } = played({ highWaterMark: 2, lowWaterMark: 0, pausing });

    send('x1', 'a1', 'b1', 'a2', 'c1', 'b2', 'c2');
    expect(leases).toEqual(['pause']);
    endAll();

    expect(started).toEqual(['x1', 'a2', 'b2', 'c2']);
    expect(log).toEqual(['drop a1', 'drop b1', 'drop c1']);
    expect(leases).toEqual(['pause', 'release']);
  });

  it('stays in order where `onDrop` feeds the source', () => {
    const { source, send, endAll, started, log } = played({
      onDrop: (value) => {
        log.push(`drop ${value}`);
        if (value === 'a1') for (const next of ['a3', 'b1']) source.next(next);
      },
    });

    send('x1', 'a1', 'a2', 'c1');
    endAll();

    expect(started).toEqual(['x1', 'a3', 'b1', 'c1']);
    expect(log).toEqual(['drop a1', 'drop a2']);
  });

  it('replaces what a subscriber fed back before its turn has come', () => {
    const source = new Subject<string>();
    const results: string[] = [];
    source.pipe(mergeMapBounded((value) => of(value), { conflateBy })).subscribe((result) => {
      results.push(result);
      if (result === 'x1') for (const next of ['a1', 'b1', 'a2']) source.next(next);
    });

    source.next('x1');

    expect(results).toEqual(['x1', 'a2', 'b1']);
  });

  it.each(['conflateBy', 'onDrop'] as const)('errors at once with what `%s` throws, whatever waits', (name) => {
    const failure = new Error('mine');
    const thrower = () => {
      throw failure;
    };
    const { source, send, log } = played({ conflateBy: () => 'key', delayError: true, [name]: thrower });

    send('a1', 'a2', 'a3');

    expect(log).toEqual(['Error: mine']);
    expect(source.observed).toBe(false);
  });

  it('starts nothing more where `onDrop` unsubscribes', () => {
    const { send, started, endAll, subscription } = played({ onDrop: () => subscription.unsubscribe() });

    send('a1', 'a2', 'a3', 'a4');
    endAll();

    expect(started).toEqual(['a1']);
  });

  it('begins every subscription with nothing waiting', () => {
    const source = new Subject<string>();
    const started: string[] = [];
    const result = source.pipe(mergeMapBounded((value) => (started.push(value), NEVER), { conflateBy }));

    const first = result.subscribe();
    for (const value of ['x1', 'a1']) source.next(value);
    first.unsubscribe();
    result.subscribe();
    for (const value of ['a2', 'a3']) source.next(value);

    expect(started).toEqual(['x1', 'a2']);
  });

  it('completes with an empty source', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('--|').pipe(mergeMapBounded(() => EMPTY, { conflateBy: Number }))).toBe('--|');
    });
  });
});
