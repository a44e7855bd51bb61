import { concat, EMPTY, finalize, map, NEVER, Observable, of, range, Subject, take, throwError } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { Stage } from '../../src/rx/stage.js';
import type { Inspector } from '../../src/rx/stage.js';

/** The source as it comes out of a stage. */
function staged<T>(source: Observable<T>, inspector: Inspector<T>): Observable<T> {
  return new Observable((subscriber) => {
    source.subscribe(new Stage(subscriber, inspector));
  });
}

/** What a subscriber hears, in order. */
function heard(source: Observable<unknown>): unknown[] {
  const all: unknown[] = [];
  source.subscribe({
    next: (value) => all.push(value),
    error: (error: unknown) => all.push(['error', error]),
    complete: () => all.push('complete'),
  });
  return all;
}

const failing = (error: unknown) => concat(of(1), throwError(() => error)); // prettier-ignore

describe('Stage', () => {
  it('is what RxJS subscribes, and not wrapped in a subscriber', () => {
    new Observable<number>((subscriber) => {
      const stage = new Stage(subscriber, {});

      expect(NEVER.subscribe(stage)).toBe(stage);
    }).subscribe();
  });

  it('passes on values, completion and errors, to and from operators of RxJS', () => {
    const double = map((value: number) => value * 2);

    expect(heard(staged(of(1, 2).pipe(double), {}).pipe(double))).toEqual([4, 8, 'complete']);
    expect(heard(staged(failing('no').pipe(double), {}).pipe(double))).toEqual([4, ['error', 'no']]);
    expect(heard(staged(EMPTY, {}))).toEqual(['complete']);
    expect(heard(staged(NEVER, {}))).toEqual([]);
  });

  it('shows values and the error to its inspector first', () => {
    const log: unknown[] = [];
    const inspector = {
      next: (value: number) => void log.push(value),
      error: (error: unknown) => !log.push(error),
    };

    staged(failing('no'), inspector).subscribe({
      next: (value) => log.push(`passed ${value}`),
      error: (error: unknown) => log.push(`passed ${String(error)}`),
    });

    expect(log).toEqual([1, 'passed 1', 'no', 'passed no']);
  });

  it('passes on what its inspector throws, in place of the value or of the error, and leaves the source', () => {
    const thrower = () => {
      throw 'mine';
    };
    const source = new Subject<number>();

    const all = heard(staged(source, { next: thrower }));
    source.next(1);

    expect(all).toEqual([['error', 'mine']]);
    expect(source.observed).toBe(false);
    expect(heard(staged(failing('theirs'), { error: thrower }))).toEqual([1, ['error', 'mine']]);
  });

  it('keeps the error where its inspector says so, and leaves the source', () => {
    const source = new Subject<number>();

    const all = heard(staged(source, { error: () => true }));
    source.next(1);
    source.error('no');

    expect(all).toEqual([1]);
    expect(source.observed).toBe(false);
  });

  it('is deaf to a source that goes on while its end is told', () => {
    const inspector: Inspector<number> = {
      next: vi.fn(),
      error: vi.fn(() => {
        source!.next(1);
        source!.error('again');
        source!.complete(); // eslint-disable-line rxjs-x/no-redundant-notify -- that is what it must not do
        return false;
      }),
    };
    let source: Subscriber<number> | undefined;

    const all = heard(staged(new Observable((subscriber) => void (source = subscriber)), inspector));
    source!.error('no');

    expect(all).toEqual([['error', 'no']]);
    expect(inspector.next).not.toHaveBeenCalled();
    expect(inspector.error).toHaveBeenCalledTimes(1);
  });

  it('tears the source down after the end was told, and as soon as its subscriber leaves', () => {
    const log: unknown[] = [];
    const torn = finalize(() => log.push('torn down'));

    staged(of(1).pipe(torn), {}).subscribe({ complete: () => log.push('complete') });
    staged(failing('no').pipe(torn), {}).subscribe({ error: () => log.push('error') });
    staged(NEVER.pipe(torn), {}).subscribe().unsubscribe();

    expect(log).toEqual(['complete', 'torn down', 'error', 'torn down', 'torn down']);
  });

  it('lets a source that emits for ever know when its subscriber has enough', () => {
    const seen = vi.fn();

    expect(heard(staged(range(1, Infinity), { next: seen }).pipe(take(2)))).toEqual([1, 2, 'complete']);
    expect(seen).toHaveBeenCalledTimes(2);
  });

  it('ignores a source that goes on after its end', () => {
    const inspector = { next: vi.fn(), error: vi.fn() };
    const unruly = new Observable<number>((subscriber) => {
      subscriber.complete();
      /* eslint-disable rxjs-x/no-redundant-notify -- that is what it must not do */
      subscriber.next(1);
      subscriber.error('no');
      /* eslint-enable */
    });

    expect(heard(staged(unruly, inspector))).toEqual(['complete']);
    expect(inspector.next).not.toHaveBeenCalled();
    expect(inspector.error).not.toHaveBeenCalled();
  });
});
