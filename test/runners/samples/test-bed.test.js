/** @jest-environment jsdom */
import '@angular/compiler';
import { Component, provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { afterEach, expect, jest, test } from '@jest/globals';
import { injectWebSocket, WEB_SOCKET_TRANSPORT } from 'rxwire/angular';
import { retryWithBackoff } from 'rxwire/operators';
import { coldOn, scriptedServer } from 'rxwire/testing';

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

const Price = Component({ template: '{{ feed.latest() }} {{ feed.state().status }}' })(
  class {
    feed = injectWebSocket('wss://feed.example', retryWithBackoff({ jitter: 'none' }));
  },
);

afterEach(() => {
  TestBed.resetTestingModule();
  jest.useRealTimers();
});

test('an hour offline in a TestBed, with fake timers', () => {
  jest.useFakeTimers();
  const scripts = ['9ms o 9ms a 9ms #', ...Array(124).fill('9ms #'), '9ms o 9ms b'];
  const { transport } = scriptedServer(coldOn(), scripts);
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), { provide: WEB_SOCKET_TRANSPORT, useValue: transport }],
  });
  const fixture = TestBed.createComponent(Price);
  const textAfter = (ms) => {
    jest.advanceTimersByTime(ms);
    fixture.detectChanges();
    return fixture.nativeElement.textContent.trim();
  };
  fixture.detectChanges();

  expect(textAfter(3_600_000)).toBe('a reconnecting');
  expect(textAfter(60_000)).toBe('b open');
});
