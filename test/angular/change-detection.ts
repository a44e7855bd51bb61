import { afterEveryRender, Injector } from '@angular/core';
import type { EnvironmentProviders } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { WEB_SOCKET_FRAME_SCHEDULER } from '../../src/angular/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedServer } from '../helpers/played-server.js';
import type { PlayedServer } from '../helpers/played-server.js';
import { createTicker } from './ticker.js';

/** Counts the renders of the application from now on. */
function countRenders(): { count: number } {
  const renders = { count: 0 };
  afterEveryRender(() => renders.count++, { injector: TestBed.inject(Injector) });
  return renders;
}

const send = (transport: PlayedServer, message: string) => transport.message(JSON.stringify(message));

async function openTicker(transport: PlayedServer, providers: Parameters<typeof createTicker>[1]) {
  const ticker = createTicker(transport, providers);
  ticker.fixture.autoDetectChanges();
  await ticker.application.whenStable();
  transport.accept();
  await ticker.application.whenStable();
  expect(ticker.text()).toBe('open');
  return ticker;
}

/** The tests of change detection, run with a zone and without. */
export function detectsChangesOnceAFrame(detection: () => EnvironmentProviders): void {
  describe('change detection', () => {
    it('runs once per frame, whatever the number of messages', async () => {
      const transport = playedServer();
      const frames = new CountingScheduler();
      const providers = [detection(), { provide: WEB_SOCKET_FRAME_SCHEDULER, useValue: frames }];
      const ticker = await openTicker(transport, { providers });
      const renders = countRenders();
      await ticker.application.whenStable();
      renders.count = 0;
      const seen: string[] = [];

      for (let frame = 1; frame <= 20; frame++) {
        for (let message = 1; message <= 500; message++) send(transport, `${frame}.${message}`);
        await ticker.application.whenStable();
        seen.push(`${ticker.text()} after ${renders.count}`);
        frames.advance(16);
        await ticker.application.whenStable();
      }

      const shown = (frame: number) => `open ${frame ? `${frame}.500` : ''}`.trim();
      expect(seen).toEqual(Array.from({ length: 20 }, (_, frame) => `${shown(frame)} after ${frame}`));
      expect(ticker.text()).toBe(shown(20));
      expect(renders.count).toBe(20);
      expect(ticker.feed.connection.stats.received).toBe(10_000);
      ticker.destroy();
    });

    it('does not run for a message that no template shows', async () => {
      const transport = playedServer();
      const frames = new CountingScheduler();
      const providers = [detection(), { provide: WEB_SOCKET_FRAME_SCHEDULER, useValue: frames }];
      const ticker = await openTicker(transport, { providers });
      const renders = countRenders();
      await ticker.application.whenStable();
      renders.count = 0;

      ticker.feed.messages.subscribe();
      send(transport, 'a');
      await ticker.application.whenStable();

      expect(renders.count).toBe(0);
      ticker.destroy();
    });
  });
}
