import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import type { WsTransportOptions } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { givenUp, watch } from '../helpers/watch.js';

leavesNothingBehind();

/** What comes of so many pings that arrive at once, as after a pause, before a message. */
async function burst(pings: number, options: WsTransportOptions = {}) {
  const server = await TestServer.start();
  const feed = observeWebSocket({ url: server.url, transport: wsTransport(options) });
  const seen = watch(feed);
  const message = firstValueFrom(feed.messages);
  message.catch(() => undefined);
  await seen.next('open');
  const peer = await server.peer();
  const frames = Buffer.alloc(2 * pings, Buffer.from([0x89, 0]));
  peer.write(Buffer.concat([frames, Buffer.from([0x81, 1, 0x31])]));
  return { feed, seen, message };
}

describe('Pings that arrive at once', () => {
  it.each([61, 5000])('are all answered, and what follows is delivered: %s', async (pings) => {
    const { feed, message } = await burst(pings);

    expect(await message).toBe(1);
    expect(feed.state.value).toMatchObject({ status: 'open' });
    await feed.close();
  });

  it.each<[string, number, WsTransportOptions]>([
    ['by default', 30_000, {}],
    ['by an option', 6, { maxPendingAutoPongs: 5 }],
  ])('end the connection where they are too many, and the error says so: %s', async (_, pings, options) => {
    const { seen } = await burst(pings, options);

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'ConnectionClosedError', code: 1006 });
    const reason = 'more pings came than could be answered: maxPendingAutoPongs';
    expect(error!.cause).toHaveProperty('message', reason);
    expect(seen.events.at(-1)).toEqual({ ...givenUp, reason });
  });
});
