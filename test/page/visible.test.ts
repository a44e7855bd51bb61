import { describe, expect, it } from 'vitest';
import { visible } from '../../src/page/visible.js';
import { FakePage } from '../helpers/fake-page.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';

describe('visible', () => {
  it('emits when the page becomes visible, not while it is visible or when it is hidden', () => {
    const page = new FakePage();
    let lines: string[] = [];
    inVirtualTime(({ at }) => {
      lines = record(visible(page), () => 'seen');
      at(2, () => page.hide());
      at(5, () => page.show());
      at(6, () => page.hide());
      at(9, () => page.show());
    });

    expect(lines).toEqual(['5 seen', '9 seen']);
  });

  it('emits when the page comes back from the back/forward cache, not when it was loaded or is hidden', () => {
    const page = new FakePage();
    let lines: string[] = [];
    inVirtualTime(({ at }) => {
      lines = record(visible(page), () => 'seen');
      at(2, () => page.load(false));
      at(5, () => page.load(true));
      at(6, () => page.hide());
      at(7, () => page.load(true));
      at(9, () => page.show());
    });

    expect(lines).toEqual(['5 seen', '9 seen']);
  });

  it('listens for each subscriber, until it unsubscribes', () => {
    const page = new FakePage();
    const seen = visible(page);
    const counts = [page.listeners];

    const first = seen.subscribe();
    const second = seen.subscribe();
    counts.push(page.listeners);
    first.unsubscribe();
    second.unsubscribe();
    counts.push(page.listeners);

    expect(counts).toEqual([0, 4, 0]); // of two events
  });

  it.each([
    ['there is no page', {}],
    ['there are no events', { document: { visibilityState: 'visible' } }],
  ])('completes at once if %s', (_, scope) => {
    const lines = record(visible(scope), () => 'seen');

    expect(lines.map((line) => line.replace(/^\d+ /, ''))).toEqual(['|']);
  });

  it('reads nothing before it is subscribed to', () => {
    const touched: unknown[] = [];
    const scope = new Proxy({}, { get: (_, name) => void touched.push(name) });

    const seen = visible(scope);
    expect(touched).toEqual([]);
    seen.subscribe();

    expect(touched).toEqual(['document']);
  });

  it.each([null, 5])('throws for %j as the scope', (scope) => {
    expect(() => visible(scope as never)).toThrow(TypeError);
    expect(() => visible(scope as never)).toThrow(`Expected \`scope\` to be an object, got ${scope}.`);
  });
});
