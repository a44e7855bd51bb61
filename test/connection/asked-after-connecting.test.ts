import { concat, defer, identity, map, of, repeat, retry } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { completeOnClose, observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { Supervision, WebSocketConnection } from '../../src/index.node.js';
import { playedSockets } from '../helpers/played-sockets.js';

const supervisions: [string, Supervision[]][] = [
  ['nothing', []],
  ['repeat', [repeat(3)]],
  ['retry', [retry(3)]],
  ['completeOnClose and repeat', [completeOnClose(), repeat(3)]],
  ['retryWithBackoff without a delay', [retryWithBackoff({ delays: [0, 0] })]],
  [
    'a source that is subscribed to again inside of `close`',
    [
      (source) =>
        concat(
          source,
          defer(() => source),
        ),
    ],
  ],
  ['what replaces events', [repeat(3), map((event) => ({ ...event }))]],
];

const ends: Record<string, (made: { feed: WebSocketConnection; transport: ReturnType<typeof playedSockets> }) => void> =
  {
    'it is closed by its link': ({ feed }) => feed.link?.close(),
    'the server closes it': ({ transport }) => transport.socket.closed(1000),
    'it is made anew': ({ feed }) => feed.reconnect(),
  };

describe.each(supervisions)('Under %s', (_, supervision) => {
  it.each(Object.entries(ends))('nothing is asked for before `connecting` is emitted, where %s', (_name, end) => {
    const log: string[] = [];
    const ask = (what: string) => () => {
      log.push(what);
      return what === 'url' ? 'ws://test' : (of([]) as never);
    };
    const transport = playedSockets();
    const feed: WebSocketConnection = observeWebSocket(
      { url: ask('url'), protocols: ask('protocols') as never, transport },
      ...supervision,
    );
    const first = feed.lifecycle.subscribe({ next: ({ type }) => log.push(type), error: identity });
    feed.lifecycle.subscribe({
      next: ({ type }) => {
        if (type === 'open' && transport.sockets.length < 3) end({ feed, transport });
      },
      error: identity,
    });
    for (let n = 0; n < transport.sockets.length && n < 3; n++) transport.socket.open();
    first.unsubscribe();

    const asked = log.filter((what) => what === 'url').length;
    const connecting = log.filter((what) => what === 'connecting').length;
    expect(asked).toBe(transport.sockets.length);
    for (let n = 0, left = 0; n < log.length; n++) {
      if (log[n] === 'connecting') left++;
      if (log[n] === 'url') expect(--left).toBeGreaterThanOrEqual(0);
    }
    expect(connecting).toBeGreaterThanOrEqual(asked);
    void feed.close();
  });
});
