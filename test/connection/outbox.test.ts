import { fc, test } from '@fast-check/vitest';
import { asyncScheduler } from 'rxjs';
import type { TimestampProvider } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { isOutboxOverflowError } from '../../src/protocol/error-guards.js';
import { Outbox } from '../../src/connection/outbox.js';
import type { OutboxOptions } from '../../src/connection/outbox.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { steppedClock } from '../helpers/stepped-clock.js';

/** An outbox, a clock that is set by hand where none is given, and what was given up. */
function outboxWith(options: OutboxOptions = {}, given?: TimestampProvider) {
  const own = { time: 0, now: () => own.time };
  const clock = Object.assign(given ?? own, { time: 0 });
  const dropped: string[] = [];
  const outbox = new Outbox(options, clock, {
    drop: ({ length }, reason) => dropped.push(`${length} ${reason}`),
  });
  return { outbox, clock, dropped };
}

function drain(outbox: Outbox): (string | Uint8Array)[] {
  const frames: (string | Uint8Array)[] = [];
  for (let message; (message = outbox.shift()) !== undefined;) frames.push(message.frame);
  return frames;
}

const push = (outbox: Outbox, frame: string | Uint8Array) =>
  outbox.push({ frame, size: frame.length, receipt: undefined });

function fill(outbox: Outbox, ...frames: (string | Uint8Array)[]): void {
  for (const frame of frames) push(outbox, frame);
}

describe('Outbox', () => {
  it('gives frames back in the order in which they came, empty ones too', () => {
    const { outbox, dropped } = outboxWith();
    const bytes = new Uint8Array([1]);

    fill(outbox, 'a', '', bytes);

    expect(outbox.size).toBe(3);
    expect(drain(outbox)).toEqual(['a', '', bytes]);
    expect(outbox.size).toBe(0);
    expect(outbox.shift()).toBeUndefined();
    expect(dropped).toEqual([]);
  });

  it('holds 1000 frames and lets the oldest go unless told otherwise', () => {
    const { outbox, dropped } = outboxWith();

    for (let n = 0; n < 1002; n++) push(outbox, String(n));

    expect(outbox.size).toBe(1000);
    expect(dropped).toEqual(['1 overflow', '1 overflow']);
    expect(outbox.shift()?.frame).toBe('2');
    expect(drain(outbox).at(-1)).toBe('1001');
  });

  it('lets the oldest go under dropOldest', () => {
    const { outbox, dropped } = outboxWith({ capacity: 2, overflow: 'dropOldest' });

    fill(outbox, 'a', 'b', 'c');

    expect(drain(outbox)).toEqual(['b', 'c']);
    expect(dropped).toEqual(['1 overflow']);
  });

  it('lets the newest go under dropNewest', () => {
    const { outbox, dropped } = outboxWith({ capacity: 2, overflow: 'dropNewest' });

    fill(outbox, 'a', 'b', 'c');

    expect(drain(outbox)).toEqual(['a', 'b']);
    expect(dropped).toEqual(['1 overflow']);
  });

  it('lets nothing go under error, and throws', () => {
    const { outbox, dropped } = outboxWith({ capacity: 2, overflow: 'error' });
    fill(outbox, 'a', 'b');
    let thrown: unknown;

    try {
      push(outbox, 'c');
    } catch (error) {
      thrown = error;
    }

    expect(isOutboxOverflowError(thrown)).toBe(true);
    expect(thrown).toMatchObject({ capacity: 2, fatal: false });
    expect(drain(outbox)).toEqual(['a', 'b']);
    expect(dropped).toEqual([]);
  });

  it.each([
    ['dropOldest', ['1 overflow'], false],
    ['dropNewest', ['1 overflow'], false],
    ['error', [], true],
  ] as const)('holds nothing with a capacity of 0, under %s', (overflow, expected, throws) => {
    const { outbox, dropped } = outboxWith({ capacity: 0, overflow });
    const pushOne = () => push(outbox, 'a');

    if (throws) expect(pushOne).toThrow();
    else pushOne();

    expect(outbox.size).toBe(0);
    expect(outbox.shift()).toBeUndefined();
    expect(dropped).toEqual(expected);
  });

  it('has no limit where the capacity is Infinity', () => {
    const { outbox, dropped } = outboxWith({ capacity: Infinity });

    for (let n = 0; n < 5000; n++) push(outbox, 'a');

    expect(outbox.size).toBe(5000);
    expect(dropped).toEqual([]);
  });

  it('keeps what is as old as `maxAge`, and gives up what is older', () => {
    const { outbox, clock, dropped } = outboxWith({ maxAge: 100 });
    fill(outbox, 'a', 'b');
    clock.time = 1;
    push(outbox, 'c');

    clock.time = 100;
    expect(outbox.shift()?.frame).toBe('a');
    clock.time = 101;

    expect(outbox.shift()?.frame).toBe('c');
    expect(dropped).toEqual(['1 expired']);
  });

  it('tells at once of all that expired together', () => {
    const { outbox, clock, dropped } = outboxWith({ maxAge: 100 });
    fill(outbox, 'a', 'b', 'c');

    clock.time = 101;

    expect(outbox.shift()).toBeUndefined();
    expect(dropped).toEqual(['3 expired']);
    expect(outbox.shift()).toBeUndefined();
    expect(dropped).toEqual(['3 expired']);
  });

  it('makes room by what expired before it lets anything else go', () => {
    for (const overflow of ['dropOldest', 'dropNewest', 'error'] as const) {
      const { outbox, clock, dropped } = outboxWith({ capacity: 2, maxAge: 100, overflow });
      push(outbox, 'old');
      clock.time = 50;
      push(outbox, 'fresh');

      clock.time = 101;
      push(outbox, 'new');

      expect(dropped).toEqual(['1 expired']);
      expect(drain(outbox)).toEqual(['fresh', 'new']);
    }
  });

  it('reports what expired also where there is no room without it', () => {
    const { outbox, clock, dropped } = outboxWith({ maxBytes: 5, maxAge: 100, overflow: 'error' });
    push(outbox, 'old');
    clock.time = 101;

    expect(() => push(outbox, 'too long')).toThrow();

    expect(dropped).toEqual(['1 expired']);
    expect(outbox.size).toBe(0);
  });

  it('keeps everything for ever unless told otherwise', () => {
    const { outbox, clock, dropped } = outboxWith();
    push(outbox, 'a');

    clock.time = 1e15;

    expect(outbox.shift()?.frame).toBe('a');
    expect(dropped).toEqual([]);
  });

  it('gives back all that waits when it is cleared', () => {
    const { outbox, dropped } = outboxWith();
    fill(outbox, 'a', 'b');

    expect(outbox.clear().waiting.map(({ frame }) => frame)).toEqual(['a', 'b']);
    expect(outbox.clear()).toEqual({ waiting: [], expired: [] });

    expect(outbox.shift()).toBeUndefined();
    expect(dropped).toEqual([]);
  });

  it.each(['dropOldest', 'dropNewest'] as const)(
    'stays within its capacity, and in order, where whoever hears of a drop pushes; %s',
    (overflow) => {
      let again: string[] = ['again'];
      const outbox: Outbox = new Outbox(
        { capacity: 2, overflow },
        { now: () => 0 },
        {
          drop() {
            const frames = again;
            again = [];
            fill(outbox, ...frames);
          },
        },
      );

      fill(outbox, 'a', 'b', 'c');

      expect(outbox.size).toBe(2);
      expect(drain(outbox)).toEqual(overflow === 'dropOldest' ? ['c', 'again'] : ['a', 'b']);
    },
  );

  it('loses nothing, and gives nothing twice, where whoever hears of an expiry pushes', () => {
    const clock = { time: 0, now: () => clock.time };
    let again: string[] = ['again'];
    const outbox: Outbox = new Outbox({ capacity: 3, maxAge: 10 }, clock, {
      drop() {
        const frames = again;
        again = [];
        fill(outbox, ...frames);
      },
    });
    fill(outbox, 'a', 'b');

    clock.time = 11;

    expect(drain(outbox)).toEqual(['again']);
  });

  it('keeps the order where whoever hears of an expiry pushes another', () => {
    const clock = { time: 0, now: () => clock.time };
    const outbox: Outbox = new Outbox({ maxAge: 10 }, clock, { drop: () => push(outbox, 'second') });
    fill(outbox, 'stale');

    clock.time = 11;
    fill(outbox, 'first');

    expect(drain(outbox)).toEqual(['first', 'second']);
  });

  test.prop([
    fc.constantFrom('dropOldest' as const, 'dropNewest' as const, 'error' as const),
    fc.nat(4),
    fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constant(Infinity)),
    fc.array(fc.record({ wait: fc.nat(4), pushes: fc.boolean() }), { maxLength: 60 }),
  ])(
    'accounts for every frame: sent, given up or refused, each once and in order',
    (overflow, capacity, maxAge, steps) => {
      const clock = { time: 0, now: () => clock.time };
      let dropped = 0;
      let refused = 0;
      const outbox = new Outbox({ capacity, overflow, maxAge }, clock, { drop: ({ length }) => (dropped += length) });
      const since: number[] = [];
      const sent: number[] = [];
      const take = () => {
        const frame = outbox.shift()?.frame;
        if (frame === undefined) return false;
        expect(clock.time - since[Number(frame)]!).toBeLessThanOrEqual(maxAge);
        return sent.push(Number(frame)) > 0;
      };

      for (const { wait, pushes } of steps) {
        clock.time += wait;
        if (!pushes) take();
        else {
          try {
            push(outbox, String(since.push(clock.time) - 1));
          } catch {
            refused++;
          }
        }
        expect(outbox.size).toBeLessThanOrEqual(capacity);
      }
      while (take());

      expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
      expect(sent.length + dropped + refused).toBe(since.length);
      if (overflow !== 'error') expect(refused).toBe(0);
    },
  );

  it.each([
    ['forward, by more than `maxAge`', 101, 0],
    ['back, while more than `maxAge` passes', -3_600_000, 101],
  ])('gives up what is older than `maxAge` by one of the two clocks: the time was set %s', (_, set, passed) => {
    const clock = steppedClock();
    const { outbox, dropped } = outboxWith({ maxAge: 100 }, asyncScheduler);
    push(outbox, 'a');

    clock.set(set);
    clock.pass(passed);

    expect(outbox.shift()).toBeUndefined();
    expect(dropped).toEqual(['1 expired']);
  });

  it.each([
    ['forward, by less', 50, 50],
    ['back', -3_600_000, 100],
  ])('keeps what is not older by either: the time was set %s', (_, set, passed) => {
    const clock = steppedClock();
    const { outbox, dropped } = outboxWith({ maxAge: 100 }, asyncScheduler);
    push(outbox, 'a');

    clock.set(set);
    clock.pass(passed);

    expect(outbox.shift()?.frame).toBe('a');
    expect(dropped).toEqual([]);
  });

  it('goes by virtual time alone in TestScheduler.run', () => {
    inVirtualTime(({ at, flush }) => {
      const { outbox, dropped } = outboxWith({ maxAge: 100 }, asyncScheduler);
      at(1000, () => push(outbox, 'a'));
      at(1060, () => push(outbox, 'b'));
      at(1101, () => expect(outbox.shift()?.frame).toBe('b'));

      flush();

      expect(dropped).toEqual(['1 expired']);
    });
  });

  it.each([
    [{ capacity: -1 }, RangeError, 'Expected `outbox.capacity` to be an integer of 0 or more, got -1.'],
    [{ capacity: 1.5 }, RangeError, 'Expected `outbox.capacity` to be an integer of 0 or more, got 1.5.'],
    [{ capacity: '5' }, TypeError, 'Expected `outbox.capacity` to be an integer of 0 or more, got "5".'],
    [{ maxAge: NaN }, RangeError, 'Expected `outbox.maxAge` to be a number of 1 or more, got NaN.'],
    [{ maxAge: 0 }, RangeError, 'Expected `outbox.maxAge` to be a number of 1 or more, got 0.'],
    [
      { overflow: 'drop' },
      RangeError,
      'Expected `outbox.overflow` to be one of dropOldest, dropNewest, error, got "drop".',
    ],
    [{ overflow: null }, TypeError, 'Expected `outbox.overflow` to be one of dropOldest, dropNewest, error, got null.'],
  ])('refuses %j', (options, kind, message) => {
    const make = () => outboxWith(options as OutboxOptions);

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
