// @vitest-environment happy-dom
// A real page in Chromium, and one of happy-dom in Node.
import { firstValueFrom, Subject } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { nativeTransport, observeWebSocket, ofType } from '../../src/index.js';
import type { WebSocketConfig } from '../../src/index.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';

afterEach(() => document.querySelector('base')?.remove());

/** Gives the document a base, as an application that lives under a path has. */
function setBase(href: string): void {
  document.head.append(Object.assign(document.createElement('base'), { href }));
}

/** The URLs that a config connects to, as the server gets them and as `open` shows them. */
function connectedTo(url: WebSocketConfig['url']): { asked: string[]; shown: string[] } {
  const shown: string[] = [];
  let asked: string[] = [];
  inVirtualTime(({ cold, flush }) => {
    const { transport, connections } = scriptedServer(cold, ['o|']);
    const feed = observeWebSocket({ url, transport });
    feed.events.pipe(ofType('open')).subscribe((open) => shown.push(open.url));
    feed.lifecycle.subscribe({ error: () => undefined });
    flush();
    asked = connections.map((request) => request.url);
  });
  return { asked, shown };
}

describe('A relative URL in a page', () => {
  it.each([
    ['/ws', 'wss://app.example/ws'],
    ['ws', 'wss://app.example/shop/ws'],
    ['../ws?room=1', 'wss://app.example/ws?room=1'],
    ['?room=1', 'wss://app.example/shop/?room=1'],
    ['//feed.example/ws', 'wss://feed.example/ws'],
    [' /ws', 'wss://app.example/ws'],
    ['', 'wss://app.example/shop/'],
  ])('%j is resolved against the base of the document', (url, absolute) => {
    setBase('https://app.example/shop/');

    expect(connectedTo(url)).toEqual({ asked: [absolute], shown: [absolute.replace(/\?.*/, '')] });
    expect(connectedTo(() => url).asked).toEqual([absolute]);
  });

  it('is `ws` where the page is `http`', () => {
    setBase('http://localhost:4200/');

    expect(connectedTo('/ws').asked).toEqual(['ws://localhost:4200/ws']);
  });

  it('is resolved against the address of the page where there is no other base', () => {
    expect(connectedTo('/ws').asked).toEqual([`ws://${location.host}/ws`]);
  });

  it('is absolute for a socket of somebody else', async () => {
    setBase('https://app.example/');
    const created = new Subject<string>();
    const transport = nativeTransport({
      create: (url) => {
        created.next(url);
        throw new Error('enough');
      },
    });
    const url = firstValueFrom(created);

    observeWebSocket({ url: '/ws', transport }).lifecycle.subscribe({ error: () => undefined });

    expect(await url).toBe('wss://app.example/ws');
  });

  it.each(['ws://other.example/ws', 'https://other.example/ws', 'WS://other.example/ws', 'ws+unix:/a.sock:/b'])(
    'is none with a scheme: %s',
    (url) => {
      setBase('https://app.example/');

      expect(connectedTo(url).asked).toEqual([url]);
    },
  );

  it('is a fatal failure where the page has no address to resolve it against, and its query is not shown', () => {
    setBase('data:text/html,x');
    inVirtualTime(({ cold, flush }) => {
      const { transport, connections } = scriptedServer(cold, ['o']);
      let failure: unknown;
      observeWebSocket({ url: '/ws?token=hunter2', transport }).lifecycle.subscribe({
        error: (error: unknown) => (failure = error),
      });
      flush();

      if (document.baseURI.startsWith('data:')) {
        expect(connections).toEqual([]);
        expect(failure).toMatchObject({
          name: 'HandshakeError',
          fatal: true,
          message: 'Cannot connect to /ws: it is relative, and there is no page',
        });
      } else {
        // A browser ignores a base without a hierarchy.
        expect(connections).toHaveLength(1);
      }
    });
  });
});
