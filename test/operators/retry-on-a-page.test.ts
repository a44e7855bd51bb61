import { defer, throwError } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { retryWithBackoff } from '../../operators/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { FakePage } from '../helpers/fake-page.js';

let page: FakePage;

beforeEach(() => {
  page = new FakePage();
  vi.stubGlobal('document', page.document);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});

afterEach(() => vi.unstubAllGlobals());

it('retries when the page is visible again, or its network is back, and listens during delays only', () => {
  const clock = new CountingScheduler();
  const attempts: number[] = [];
  const listeners: number[] = [];
  const source = defer(() => {
    attempts.push(clock.now());
    listeners.push(page.listeners);
    return throwError(() => new Error('refused'));
  });
  const retried = source.pipe(retryWithBackoff({ scheduler: clock, delays: [30_000, 30_000, 30_000] }));
  expect(page.everListened).toEqual([]);
  const subscription = retried.subscribe();
  page.hide();
  clock.advance(2000);

  page.show();
  clock.advance(3000);
  page.dispatchEvent(new Event('online'));
  subscription.unsubscribe();

  expect(attempts).toEqual([0, 2000, 5000]);
  expect(listeners).toEqual([0, 0, 0]);
  expect(page.listeners).toBe(0);
});
