import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/rx/queue.js';

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ method: fc.constant('push' as const), value: fc.option(fc.nat()) }) },
    { weight: 2, arbitrary: fc.record({ method: fc.constantFrom('shift' as const, 'pop' as const) }) },
  ),
);

describe('Queue', () => {
  test.prop([steps])('does what an array does', (script) => {
    const queue = new Queue<number | null>();
    const model: (number | null)[] = [];

    for (const step of script) {
      if (step.method === 'push') {
        queue.push(step.value);
        model.push(step.value);
      } else {
        expect(queue[step.method]()).toBe(model[step.method]());
      }
      expect(queue.size).toBe(model.length);
      expect(queue.peek()).toBe(model[0]);
    }
  });

  it('takes the newest when all that is older was looked at', () => {
    const queue = new Queue<string>();
    queue.push('a');
    queue.push('b');

    expect(queue.peek()).toBe('a');

    expect(queue.pop()).toBe('b');
    expect(queue.pop()).toBe('a');
    expect(queue.pop()).toBeUndefined();
  });

  it('takes out what is meant, of the older ones and the newer, and says whether there was any', () => {
    const queue = new Queue<number>();
    for (const n of [1, 2, 3]) queue.push(n);
    queue.peek(); // parts the older ones from those that come
    for (const n of [4, 5, 6]) queue.push(n);

    expect(queue.remove((n) => n % 2 === 0)).toBe(true);
    expect(queue.remove((n) => n % 2 === 0)).toBe(false);

    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([1, 3, 5, undefined]);
  });

  it('needs no time for those that wait behind', () => {
    const queue = new Queue<number>();
    for (let i = 0; i < 1_000_000; i++) queue.push(i);

    for (let i = 0; i < 1_000_000; i++) if (queue.shift() !== i) throw new Error(`lost ${i}`);

    expect(queue.size).toBe(0);
  });
});
