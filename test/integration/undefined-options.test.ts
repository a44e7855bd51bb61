import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { frame, TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

leavesNothingBehind();

describe('Options of wsTransport that are undefined', () => {
  /** Options that have a meaning in `ws` if they are present with `undefined`. */
  const transport = wsTransport({
    autoPong: undefined,
    headers: undefined,
    maxPayload: undefined,
    perMessageDeflate: undefined,
    protocolVersion: undefined,
  });

  it('keep the bound of 16 MiB', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, transport }));
    const peer = await server.peer();
    const header = Buffer.from([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 1]); // a message of 16 MiB and a byte

    peer.write(header);

    expect(await peer.closed).toMatchObject({ code: 1009 });
    await seen.end;
  });

  it('keep the answers to pings', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, transport });
    watch(feed);
    const peer = await server.peer();
    const pong = peer.pong();

    peer.write(frame(0x89, 'are you there'));

    expect(await pong).toBe('are you there');
    await feed.close();
  });
});
