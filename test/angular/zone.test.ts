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

/** Whether Angular waits for anything, a timer of ours for example. */
const isBusy = () => {
  const zone = TestBed.inject(NgZone);
  return zone.hasPendingMacrotasks || zone.hasPendingMicrotasks;
};

/** A component in a zone, made there as all components are. */
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

/** The n-th time that a connection has come to a state. */
const reaches = ({ feed }: TickerApplication, status: string, n = 1) =>
  firstValueFrom(
    feed.connection.state.pipe(
      filter((state) => state.status === status),
      skip(n - 1),
    ),
  );

describe('With a zone', () => {
  detectsChangesOnceAFrame(provideZoneChangeDetection);

  it('a timer of our own in it would be noticed', () => {
    TestBed.configureTestingModule({ providers: [provideZoneChangeDetection()] });

    const timer = TestBed.inject(NgZone).run(() => setTimeout(() => undefined, 60_000));

    expect(isBusy()).toBe(true);
    TestBed.inject(NgZone).run(() => clearTimeout(timer));
    expect(isBusy()).toBe(false);
  });

  it('sockets are made, and messages arrive, outside of it, after a retry as well', async () => {
    const inZone: boolean[] = [];
    const ticker = createTickerInZone(['o 1ms a 1ms #', 'o 1ms b'], inZone);
    const heard = TestBed.inject(NgZone).run(() =>
      firstValueFrom(
        ticker.feed.messages.pipe(filter((message) => (inZone.push(NgZone.isInAngularZone()), message === 'b'))),
      ),
    );

    await heard;

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

  it('what is done in it leaves no timer there: a close, an end by hand, a start', async () => {
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

  it('a close handshake that nobody answers is outside of it too', async () => {
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
