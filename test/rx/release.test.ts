import { createRequire } from 'node:module';
import * as rxjs from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { LeanSubscriber } from '../../src/rx/lean-subscriber.js';
import { RELEASES, rxjsCopy } from '../helpers/rxjs-copies.js';

/** What the vitest project says that these tests run on. */
const name = process.env.RXJS ?? 'rxjs';
const { peerDependencies } = createRequire(import.meta.url)('../../package.json') as {
  peerDependencies: Record<string, string>;
};

describe('RxJS', () => {
  it(`is ${name} in these tests, and in what they test`, () => {
    const copy = rxjsCopy(name);

    expect(rxjs.Observable).toBe(copy.rxjs.Observable);
    expect(TestScheduler).toBe(copy.testing.TestScheduler);
    expect(LeanSubscriber.prototype).toBeInstanceOf(copy.rxjs.Subscription);
    if (name !== 'rxjs') expect(name).toBe(`rxjs-${copy.version}`);
  });

  it('is tested in the oldest release that is supported, and in the one that is installed', () => {
    expect(RELEASES.map((release) => rxjsCopy(`rxjs-${release}`).version)).toEqual(RELEASES);
    expect(RELEASES[0]).toBe(peerDependencies.rxjs!.replace('^', ''));
    expect(RELEASES).toContain(rxjsCopy('rxjs').version);
  });
});
