import { asyncScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { retryWithBackoff } from '../../operators/index.js';
import { observeWebSocket } from '../../src/index.js';
import { online } from '../../src/page/online.js';
import { scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { CountingTarget } from '../helpers/counting-target.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

/** A browser whose network the test switches. */
class FakeBrowser extends CountingTarget {
  readonly navigator = { onLine: true };

  lose(): void {
    this.navigator.onLine = false;
    this.dispatchEvent(new Event('offline'));
  }

  find(): void {
    this.navigator.onLine = true;
    this.dispatchEvent(new Event('online'));
  }
}

describe('online', () => {
  it('emits at once and completes while there is a network, without a listener', () => {
    const browser = new FakeBrowser();

    const lines = record(online(browser), () => 'online');

    expect(lines.map((line) => line.replace(/^\d+ /, ''))).toEqual(['online', '|']);
    expect(browser.everListened).toEqual([]);
  });

  it('waits for the network, emits once and completes', () => {
    const browser = new FakeBrowser();
    browser.lose();
    let lines: string[] = [];
    inVirtualTime(({ at }) => {
      lines = record(online(browser), () => 'online');
      at(5, () => browser.find());
      at(6, () => browser.lose());
      at(7, () => browser.find());
    });

    expect(lines).toEqual(['5 online', '5 |']);
    expect(browser.listeners).toBe(0);
  });

  it('checks the network on each subscription', () => {
    const browser = new FakeBrowser();
    const network = online(browser);
    const heard: string[] = [];

    network.subscribe(() => heard.push('first'));
    browser.lose();
    network.subscribe(() => heard.push('second'));
    network.subscribe(() => heard.push('third'));
    expect(heard).toEqual(['first']);
    browser.find();

    expect(heard).toEqual(['first', 'second', 'third']);
  });

  it('removes its listener on unsubscribe', () => {
    const browser = new FakeBrowser();
    browser.lose();

    const subscription = online(browser).subscribe();
    expect(browser.listeners).toBe(1);
    subscription.unsubscribe();

    expect(browser.listeners).toBe(0);
  });

  it.each([
    ['has no navigator', {}],
    ['has a navigator without `onLine`', { navigator: {} }],
    ['is offline and has no events', { navigator: { onLine: false } }],
  ])('emits at once if the platform %s', (_, scope) => {
    const lines = record(online(scope), () => 'online');

    expect(lines.map((line) => line.replace(/^\d+ /, ''))).toEqual(['online', '|']);
  });

  it('reads the network every second in a worker that has no event for it, until it is unsubscribed', () => {
    const worker = Object.assign(new FakeBrowser(), { WorkerGlobalScope: true });
    const clock = new CountingScheduler();
    worker.lose();
    const [seen, abandoned] = [vi.fn(), vi.fn()];
    online(worker, clock).subscribe({ next: () => seen(clock.now()), complete: seen });
    const subscription = online(worker, clock).subscribe(abandoned);

    clock.advance(1500);
    subscription.unsubscribe();
    worker.navigator.onLine = true; // no event
    clock.advance(1500);

    expect(seen.mock.calls).toEqual([[2000], []]);
    expect(abandoned).not.toHaveBeenCalled();
    expect(worker.everListened).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('listens in a worker that has the event', () => {
    const worker = Object.assign(new FakeBrowser(), { WorkerGlobalScope: true, ononline: null });
    worker.lose();
    let lines: string[] = [];
    inVirtualTime(({ at }) => {
      lines = record(online(worker), () => 'online');
      at(1500, () => worker.find());
    });

    expect(lines).toEqual(['1500 online', '1500 |']);
  });

  it('emits at once on this platform', () => {
    const emitted: unknown[] = [];

    online().subscribe((value) => emitted.push(value));

    expect(emitted).toHaveLength(1);
  });

  it('reads nothing before it is subscribed to', () => {
    const touched: unknown[] = [];
    const scope = new Proxy({}, { get: (_, name) => void touched.push(name) });

    const network = online(scope);
    expect(touched).toEqual([]);
    network.subscribe();

    expect(touched).toEqual(['navigator']);
  });

  it.each([null, 5])('throws for %j as the scope', (scope) => {
    expect(() => online(scope as never)).toThrow(TypeError);
    expect(() => online(scope as never)).toThrow(`Expected \`scope\` to be an object, got ${scope}.`);
  });

  it.each([null, 5, {}])('throws for %j as the scheduler', (scheduler) => {
    expect(() => online(new FakeBrowser(), scheduler as never)).toThrow(TypeError);
  });

  it('makes a retry wait for the network, and start at once when it is back', () => {
    const browser = new FakeBrowser();
    let lines: string[] = [];
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['o--#', 'o']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        retryWithBackoff({ delays: [10], when: online(browser), scheduler: asyncScheduler }),
      );
      lines = record(feed.lifecycle, brief);
      at(2, () => browser.lose());
      at(77, () => browser.find());
      at(80, () => void feed.close());
    });

    expect(lines.filter((line) => !line.includes('error'))).toEqual([
      '0 connecting 1',
      '0 open 1',
      '3 close 1006 remote unclean',
      '3 reconnecting 1 in 10 after ConnectionClosedError',
      '77 connecting 2',
      '77 open 2',
      '80 close 1000 local',
      '80 |',
    ]);
    expect(browser.listeners).toBe(0);
  });

  it('stops waiting for the network on close()', () => {
    const browser = new FakeBrowser();
    let lines: string[] = [];
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['#']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        retryWithBackoff({ delays: [10], when: online(browser) }),
      );
      browser.lose();
      lines = record(feed.lifecycle, brief);
      at(50, () => expect(browser.listeners).toBe(1));
      at(60, () => void feed.close());
    });

    expect(lines.at(-1)).toBe('60 |');
    expect(browser.listeners).toBe(0);
  });
});
