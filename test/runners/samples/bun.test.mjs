import { expect, test } from 'bun:test';
import { tests } from './kit.mjs';

for (const [name, run] of Object.entries(tests)) {
  test(name, () => run((actual, expected) => expect(actual).toEqual(expected)));
}
