import { describe, expect, it, vi } from 'vitest';
import { heartbeat, json, observeWebSocket } from '../../src/index.node.js';
import type { Supervision, WebSocketConfig } from '../../src/index.node.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';

const url = 'ws://test';

describe('A promise that is refused, and rejects', () => {
  const rejected = (): never => Promise.reject(new Error('unheard')) as never;

  it.each<[string, Partial<WebSocketConfig<unknown>>, Supervision[], RegExp]>([
    ['of encode', { codec: { encode: rejected, decode: String } }, [], /dropped 1 unserializable/],
    ['of split', { codec: json<unknown>({ split: rejected }) }, [], /rejected 1/],
    ['of ping', {}, [heartbeat({ ping: rejected, random: () => 0 })], /# WebSocketError/],
  ])('%s ends nothing else', async (_, config, supervision, expected) => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const transport = playedSockets();
    const feed = observeWebSocket<unknown>({ url, transport, ...config }, ...supervision);
    const log = record(feed.lifecycle, brief);

    feed.messages.next(1);
    transport.socket.open();
    transport.socket.frame('1');
    await vi.waitFor(() => expect(log.join()).toMatch(expected));
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });
});
