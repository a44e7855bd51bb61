import '@angular/compiler';
import { Component, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import type { BootstrapContext } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { describe, expect, it } from 'vitest';
import { injectWebSocket, WEB_SOCKET_TRANSPORT } from '../../src/angular/index.js';
import { heartbeat, retryWithBackoff } from '../../src/index.js';
import type { WebSocketConnection } from '../../src/index.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { playedSockets } from '../helpers/played-sockets.js';

describe('On the server', () => {
  leavesNothingBehind();

  it('a page renders and completes, and no subscription opens a socket or calls `url`', async () => {
    const asked: string[] = [];
    const transport = { ...playedSockets({ answersClose: false }), open: () => asked.push('socket') as never };
    let connection: WebSocketConnection | undefined;
    const notified: string[] = [];
    const Page = Component({
      selector: 'app-root',
      template: '{{ feed.state().status }}, {{ feed.latest() ?? "nothing" }}',
    })(
      class {
        readonly feed = injectWebSocket(
          { url: () => (asked.push('url'), 'ws://test') },
          heartbeat(),
          retryWithBackoff(),
        );

        constructor() {
          connection = this.feed.connection;
          this.feed.messages.subscribe(() => notified.push('message'));
          this.feed.connection.lifecycle.subscribe({
            next: ({ type }) => notified.push(type),
            error: () => notified.push('#'),
            complete: () => notified.push('|'),
          });
          this.feed.messages.next('hello');
        }
      },
    );
    const bootstrap = (context: BootstrapContext) =>
      bootstrapApplication(
        Page,
        {
          providers: [
            provideZonelessChangeDetection(),
            provideServerRendering(),
            { provide: WEB_SOCKET_TRANSPORT, useValue: transport },
          ],
        },
        context,
      );

    const html = await renderApplication(bootstrap, { document: '<app-root></app-root>' });

    expect(html).toMatch(/<app-root[^>]*>idle, nothing<\/app-root>/);
    expect(asked).toEqual([]);
    expect(notified).toEqual(['dropped', '|']);
    expect(connection!.state.value.status).toBe('idle');
  });
});
