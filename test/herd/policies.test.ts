import PartySocket from 'partysocket/ws';
import { concat, of, throwError, VirtualTimeScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dice } from '../../bench/herd/dice.js';
import { policies } from '../../bench/herd/policies.js';
import type { Policy } from '../../bench/herd/policies.js';
import { scenes } from '../../bench/herd/scenes.js';
import { retryWithBackoff } from '../../operators/index.js';
import type { RetryWithBackoffOptions } from '../../operators/index.js';

const RETRIES = 20;

/** The first delays of a client whose dice are seeded. */
function delaysOf(policy: Policy, seed: number, said?: Error): number[] {
  const delayOf = policy(dice(seed));
  return Array.from({ length: RETRIES }, (_, retry) => delayOf(retry, said));
}

describe('retryWithBackoff() has the delays of its policy in the simulation', () => {
  it.each<[keyof typeof policies, RetryWithBackoffOptions]>([
    ['full jitter (default)', {}],
    ['full jitter, initialDelay 5000', { initialDelay: 5000 }],
    ['equal jitter', { jitter: 'equal' }],
    ['decorrelated jitter', { jitter: 'decorrelated' }],
    ['no jitter', { jitter: 'none' }],
  ])('%s', (name, options) => {
    for (let seed = 1; seed <= 50; seed++) {
      const scheduler = new VirtualTimeScheduler();
      const delays: number[] = [];
      const refused = concat(
        of({ type: 'connecting' }),
        throwError(() => new Error('refused')),
      );

      refused.pipe(retryWithBackoff({ ...options, maxRetries: RETRIES, scheduler, random: dice(seed) })).subscribe({
        next: (event) => 'delay' in event && delays.push(event.delay as number),
        error: () => {},
      });
      scheduler.flush();

      expect(delays).toEqual(delaysOf(policies[name], seed));
    }
  });

  it.each(['try-again-later', 'too-many-requests', 'retry-after', 'deployment'] as const)('and told %s too', (name) => {
    const { says } = scenes[name];
    for (let seed = 1; seed <= 50; seed++) {
      const scheduler = new VirtualTimeScheduler();
      const delays: number[] = [];
      const refused = concat(
        of({ type: 'connecting' }),
        throwError(() => says),
      );

      refused.pipe(retryWithBackoff({ maxRetries: RETRIES, scheduler, random: dice(seed) })).subscribe({
        next: (event) => 'delay' in event && delays.push(event.delay as number),
        error: () => {},
      });
      scheduler.flush();

      expect(delays).toEqual(delaysOf(policies['full jitter (default)'], seed, says));
    }
  });
});

describe('other libraries have the delays of their policies in the simulation', () => {
  /** The times of attempts. The first socket is open long enough to be healthy, and breaks. All others are refused. */
  let made: number[];

  class FailingSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;

    constructor() {
      super();
      if (made.push(Date.now()) === 1) {
        setTimeout(() => this.dispatchEvent(new Event('open')), 0);
        setTimeout(() => this.dispatchEvent(new Event('close')), HEALTHY);
      } else setTimeout(() => this.dispatchEvent(new Event('close')), 0);
    }

    close() {}
  }

  const HEALTHY = 60_000;
  const WebSocket = FailingSocket as unknown as typeof globalThis.WebSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetModules();
    made = [];
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  async function delays(): Promise<number[]> {
    await vi.advanceTimersByTimeAsync(HEALTHY + RETRIES * 11_000);
    return made.slice(1, RETRIES).map((at, index) => at - (index === 0 ? made[0]! + HEALTHY : made[index]!));
  }

  it('reconnecting-websocket', async () => {
    vi.spyOn(Math, 'random').mockImplementation(dice(7));
    const { default: Reconnecting } = await import('reconnecting-websocket');
    // Its types say that the class is in another `default`, which is so without a bundler.
    const socket = new (Reconnecting as unknown as typeof Reconnecting.default)('ws://test', [], { WebSocket });

    const waits = await delays();

    socket.close();
    const expected = delaysOf(policies['reconnecting-websocket 4.4.0'], 7).slice(0, waits.length);
    expect(waits).toHaveLength(RETRIES - 1);
    waits.forEach((wait, retry) => expect(Math.abs(wait - expected[retry]!)).toBeLessThanOrEqual(1));
  });

  it('partysocket', async () => {
    const socket = new PartySocket('ws://test', [], { WebSocket });

    const waits = await delays();

    socket.close();
    const expected = delaysOf(policies['partysocket 1.3.0'], 1).slice(0, waits.length);
    expect(waits).toHaveLength(RETRIES - 1);
    waits.forEach((wait, retry) => expect(Math.abs(wait - expected[retry]!)).toBeLessThanOrEqual(1));
  });
});
