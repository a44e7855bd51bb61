import { coldOn } from 'rxwire/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { anHourOffline, HOUR, tests } from './kit.mjs';

afterEach(() => {
  vi.useRealTimers();
});

for (const [name, run] of Object.entries(tests)) {
  test(name, () => run((actual, expected) => expect(actual).toEqual(expected)));
}

test('an hour offline, with fake timers', async () => {
  vi.useFakeTimers();

  expect(await anHourOffline({ coldOn, advance: (ms) => vi.advanceTimersByTimeAsync(ms) })).toEqual(HOUR);
});
