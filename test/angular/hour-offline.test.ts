// @vitest-environment happy-dom
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { retryWithBackoff, text } from '../../src/index.js';
import { coldOn, raw, scriptedServer } from '../../src/testing/index.js';
import { createTicker } from './ticker.js';

beforeEach(() => {
  vi.useFakeTimers();
  TestBed.configureTestingModule({ providers: [provideZonelessChangeDetection()] });
});

afterEach(() => {
  TestBed.resetTestingModule();
  vi.useRealTimers();
});

it('An hour offline passes at once in a TestBed with fake timers', { timeout: 5000 }, async () => {
  const scripts = ['9ms o 9ms a 9ms #', ...Array<string>(124).fill('9ms #'), '9ms o 9ms b'];
  const server = scriptedServer(coldOn(), scripts, { a: raw('before'), b: raw('after') });
  const ticker = createTicker(server.transport, {
    config: { codec: text() },
    supervision: [retryWithBackoff({ jitter: 'none' })],
  });
  ticker.render();

  await vi.advanceTimersByTimeAsync(50);
  ticker.render();
  expect(ticker.text()).toBe('reconnecting before');

  await vi.advanceTimersByTimeAsync(3_600_000);
  ticker.render();
  expect(ticker.text()).toBe('reconnecting before');
  expect(server.connections).toHaveLength(124);

  await vi.advanceTimersByTimeAsync(60_000);
  ticker.render();
  expect(ticker.text()).toBe('open after');
  ticker.destroy();
});
