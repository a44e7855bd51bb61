import { describe, expect, it, vi } from 'vitest';
import { pageWake } from '../../src/page/page-wake.js';
import { FakePage } from '../helpers/fake-page.js';

describe('pageWake', () => {
  it('emits whenever the network is back, and whenever the page is visible again', () => {
    const page = new FakePage();
    const seen = vi.fn();
    pageWake(page).subscribe(seen);
    const counts = [
      () => page.hide(),
      () => page.show(),
      () => page.load(true),
      () => page.dispatchEvent(new Event('offline')),
      () => page.dispatchEvent(new Event('online')),
      () => page.dispatchEvent(new Event('online')),
    ].map((act) => {
      act();
      return seen.mock.calls.length;
    });

    expect(counts).toEqual([0, 1, 2, 2, 3, 4]);
  });

  it('listens no more when it is unsubscribed', () => {
    const page = new FakePage();

    const subscription = pageWake(page).subscribe();
    expect(page.listeners).toBeGreaterThan(0);
    subscription.unsubscribe();

    expect(page.listeners).toBe(0);
  });

  it.each([
    ['in Node', {}],
    ['in a worker, though its network has events', { addEventListener: () => expect.fail('it listens') }],
    ['where a document stands alone', { document: { visibilityState: 'visible' } }],
  ])('never emits %s, and does not complete', (_where, scope) => {
    const seen = vi.fn();

    pageWake(scope).subscribe({ next: seen, complete: seen });

    expect(seen).not.toHaveBeenCalled();
  });

  it('looks at nothing until it is subscribed to', () => {
    const touched: unknown[] = [];
    const scope = new Proxy({}, { get: (_, name) => void touched.push(name) });

    const wake = pageWake(scope);
    expect(touched).toEqual([]);
    wake.subscribe();

    expect(touched).toEqual(['document']);
  });
});
