// @vitest-environment happy-dom
import 'zone.js';
import { NgZone, provideZoneChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { filter, firstValueFrom, skip } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { heartbeat, retryWithBackoff } from '../../src/index.js';
import type { Transport } from '../../src/index.js';
import { coldOn, scriptedServer } from '../../src/testing/index.js';
import { detectsChangesOnceAFrame } from './change-detection.js';
import { createTicker } from './ticker.js';
import type { TickerApplication } from './ticker.js';

afterEach(() => TestBed.resetTestingModule());

/** Whether Angular waits for something, for example for one of our timers. */
const isBusy = () => {
  const zone = TestBed.inject(NgZone);
  return zone.hasPendingMacrotasks || zone.hasPendingMicrotasks;
};

/** Creates and renders a component in the zone. */
function createTickerInZone(scripts: readonly string[], inZone: boolean[] = []): TickerApplication {
  const { transport } = scriptedServer(coldOn(), scripts);
  const noting: Transport = {
    ...transport,
    open(...args) {
      inZone.push(NgZone.isInAngularZone());
      return transport.open(...args);
    },
  };
  const ticker = createTicker(noting, {
    providers: [provideZoneChangeDetection()],
    supervision: [heartbeat(), retryWithBackoff({ delays: [0, 60_000] })],
  });
  TestBed.inject(NgZone).run(() => ticker.render());
  return ticker;
}

/** Waits until a connection is in a state for the n-th time. */
const reaches = ({ feed }: TickerApplication, status: string, n = 1) =>
  firstValueFrom(
    feed.connection.state.pipe(
      filter((state) => state.status === status),
      skip(n - 1),
    ),
  );

describe('With a zone', () => {
  detectsChangesOnceAFrame(provideZoneChangeDetection);

  it('a timer in it is noticed', () => {
    TestBed.configureTestingModule({ providers: [provideZoneChangeDetection()] });

    const timer = TestBed.inject(NgZone).run(() => setTimeout(() => undefined, 60_000));

    expect(isBusy()).toBe(true);
    TestBed.inject(NgZone).run(() => clearTimeout(timer));
    expect(isBusy()).toBe(false);
  });

  it('sockets are made and messages arrive outside of it, after a retry too', async () => {
    const inZone: boolean[] = [];
    const ticker = createTickerInZone(['o 1ms a 1ms #', 'o 1ms b'], inZone);
    const received = TestBed.inject(NgZone).run(() =>
      firstValueFrom(
        ticker.feed.messages.pipe(filter((message) => (inZone.push(NgZone.isInAngularZone()), message === 'b'))),
      ),
    );

    await received;

    expect(inZone).toEqual([false, false, false, false]);
    ticker.destroy();
  });

  it.each([
    ['connects', '', 'connecting'],
    ['is open', 'o', 'open'],
    ['waits for a retry', '#', 'reconnecting'],
  ])('the application is stable while a connection %s', async (_case, script, status) => {
    const ticker = createTickerInZone([script]);
    await reaches(ticker, status, status === 'reconnecting' ? 2 : 1);

    await ticker.application.whenStable();

    expect(isBusy()).toBe(false);
    expect(ticker.feed.connection.state.value.status).toBe(status);
    ticker.destroy();
  });

  it('close(), terminate() and a subscription leave no timer in it', async () => {
    const ticker = createTickerInZone(['o']);
    const zone = TestBed.inject(NgZone);
    const { connection } = ticker.feed;
    await reaches(ticker, 'open');

    zone.run(() => connection.link!.terminate(new Error('reconnect now')));
    const afterTerminate = isBusy();
    await reaches(ticker, 'open');
    zone.run(() => void connection.close());
    const afterClose = zone.hasPendingMacrotasks;
    zone.run(() => void connection.messages.subscribe());
    const afterStart = zone.hasPendingMacrotasks;

    expect([afterTerminate, afterClose, afterStart]).toEqual([false, false, false]);
    ticker.destroy();
  });

  it('a closing handshake without an answer runs outside of it', async () => {
    const { transport } = scriptedServer(coldOn(), ['o']);
    const mute: Transport = {
      ...transport,
      open: (...args) => Object.assign(transport.open(...args), { close: () => undefined }),
    };
    const ticker = createTicker(mute, { providers: [provideZoneChangeDetection()] });
    TestBed.inject(NgZone).run(() => ticker.render());
    await reaches(ticker, 'open');

    TestBed.inject(NgZone).run(() => void ticker.feed.connection.close());

    expect(ticker.feed.connection.state.value.status).toBe('closing');
    expect(TestBed.inject(NgZone).hasPendingMacrotasks).toBe(false);
    ticker.destroy();
  });
});
