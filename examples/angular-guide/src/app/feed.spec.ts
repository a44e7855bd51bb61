import { signal } from '@angular/core';
import type { Type } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { firstValueFrom, Subject } from 'rxjs';
import { WEB_SOCKET_TRANSPORT } from 'rxwire/angular';
import { closeWith, coldOn, scriptedServer } from 'rxwire/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Chat } from './chat';
import { OfflineBanner } from './offline-banner';
import { Prices } from './prices';
import { Session } from './session';

const values = {
  a: { type: 'price', symbol: 'RAA', price: 20, change: 1 },
  b: { type: 'price', symbol: 'RAB', price: 30, change: -1 },
  c: { type: 'price', symbol: 'RAA', price: 21, change: 2 },
  h: { type: 'said', number: 1, name: 'Ada', text: 'hello' },
  g: { type: 'said', number: 2, name: 'Bob', text: 'good morning' },
  E: closeWith(4401, 'the token has expired'),
};

/** Ada is logged in. */
function loggedIn(): Pick<Session, 'user' | 'token' | 'refresh'> {
  const session = { user: signal('Ada'), token: 'old', refresh: async () => void (session.token = 'new') };
  return session;
}

/** A component on a server that plays scripts. */
function create(component: Type<unknown>, scripts: readonly string[], session = loggedIn()) {
  const reply = (message: { type: string }) => (message.type === 'ping' ? { type: 'pong' } : undefined);
  const server = scriptedServer(coldOn(), scripts, values, { reply });
  TestBed.configureTestingModule({
    providers: [
      { provide: WEB_SOCKET_TRANSPORT, useValue: server.transport },
      { provide: Session, useValue: session },
    ],
  });
  const fixture = TestBed.createComponent(component);
  const element = fixture.nativeElement as HTMLElement;
  const after = (ms: number) => {
    vi.advanceTimersByTime(ms);
    fixture.detectChanges();
  };
  const textOf = (selector: string) => Array.from(element.querySelectorAll(selector), ({ textContent }) => textContent);
  fixture.detectChanges(); // it connects after the first render
  return { server, element, after, textOf };
}

/** Answers to requests over HTTP, one after another. */
function answer(...answers: (object | Promise<object>)[]) {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    const body = await answers.shift();
    return { ok: true, json: async () => body } as Response;
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1); // the longest waits
});

afterEach(() => {
  TestBed.resetTestingModule();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('shows the latest price of each symbol', () => {
  const { after, textOf } = create(Prices, ['9ms o 9ms (abc)']);

  after(100);

  expect(textOf('tbody :is(th, td)')).toEqual(['RAA', '21.00', '2.00', 'RAB', '30.00', '-1.00']);
});

it('counts down for an hour offline, and is gone when the server is back', () => {
  const { after, textOf } = create(OfflineBanner, ['9ms o 9ms #', ...Array<string>(243).fill('9ms #'), '9ms o']);

  after(10);
  expect(textOf('.banner')).toEqual([]);
  after(10);
  expect(textOf('[role=timer]')).toEqual(['Next attempt in 1 s.']);
  after(3_600_000);
  expect(textOf('[role=status]')).toEqual(['You are offline.']);
  after(60_000);
  expect(textOf('.banner')).toEqual([]);
});

it('connects at once when the button is pressed', () => {
  const { after, element, textOf } = create(OfflineBanner, ['9ms o 9ms #', '9ms o']);
  after(100);

  element.querySelector('button')?.click();
  after(10);

  expect(textOf('.banner')).toEqual([]);
});

it('connects with a new token when the old one has expired', async () => {
  const { after, server, textOf } = create(Prices, ['9ms o 9ms E', '9ms o 9ms a']);

  await vi.advanceTimersByTimeAsync(100); // the refresh is a promise
  after(0);

  expect(textOf('tbody th')).toEqual(['RAA']);
  const tokens = server.connections.map(({ url }) => new URL(url).searchParams.get('token'));
  expect(tokens).toEqual(['old', 'new']);
});

it.each(['a logout', 'no logout'])('shows nothing of a user to the next one, after %s', async (way) => {
  answer({ access: 'of Ada' }, { access: 'of Bob' });
  const session = new Session();
  const { after, element, server, textOf } = create(Chat, ['9ms o 9ms h', '9ms o 9ms g'], session);
  const texts = () => textOf('li').map((text) => text.replaceAll(/\s+/g, ' ').trim());
  const wait = async () => {
    await vi.advanceTimersByTimeAsync(100);
    after(0);
  };
  await session.logIn('Ada', 'secret');
  await wait();
  const [input, form] = [element.querySelector('input'), element.querySelector('form')];
  if (input) input.value = 'a secret of Ada';
  form?.dispatchEvent(new Event('submit'));
  await wait();
  expect(texts()).toEqual(['Ada hello', 'a secret of Ada sending …']);

  if (way === 'a logout') {
    session.logOut();
    await wait();
    expect(texts()).toEqual([]);
  }
  await session.logIn('Bob', 'secret');
  await wait();

  expect(texts()).toEqual(['Bob good morning']);
  const tokens = server.connections.map(({ url }) => new URL(url).searchParams.get('token'));
  expect(tokens).toEqual(['of Ada', 'of Bob']);
});

it('logs out who was logged in, whose refresh changes nothing for the next user', async () => {
  const late = new Subject<object>();
  answer({ access: 'of Ada' }, firstValueFrom(late), { access: 'of Bob' });
  const session = new Session();
  await session.logIn('Ada', 'secret');
  const refreshed = session.refresh();
  const loggedIn = session.logIn('Bob', 'secret');
  expect(session.user()).toBeUndefined();
  await loggedIn;

  late.next({ access: 'of Ada again' });
  await refreshed;

  expect([session.user(), session.token]).toEqual(['Bob', 'of Bob']);
});
