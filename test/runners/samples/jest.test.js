import { afterEach, expect, jest, test } from '@jest/globals';
import { coldOn } from 'rxwire/testing';
import { anHourOffline, HOUR, tests } from './kit.mjs';

afterEach(() => {
  jest.useRealTimers();
});

for (const [name, run] of Object.entries(tests)) {
  test(name, () => run((actual, expected) => expect(actual).toEqual(expected)));
}

test.each([
  ['all of them', {}],
  ['with the real performance', { doNotFake: ['performance'] }],
])('an hour offline, with fake timers: %s', async (_, options) => {
  jest.useFakeTimers(options);

  expect(await anHourOffline({ coldOn, advance: (ms) => jest.advanceTimersByTimeAsync(ms) })).toEqual(HOUR);
});
