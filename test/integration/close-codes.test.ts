import { describe, expect, it } from 'vitest';
import {
  ConnectionClosedError,
  FatalCloseError,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { closeFrame, frame, TestServer } from '../helpers/server.js';
import type { Peer } from '../helpers/server.js';
import {
  closedByPeer,
  closedByUs,
  connecting,
  failing,
  nodeError,
  oneRetry,
  open,
  reconnecting,
  retriedAfter,
  watch,
} from '../helpers/watch.js';

leavesNothingBehind();

const RETRIED = [1000, 1001, 1011, 1012, 1013, 1014, 4000, 4999];
const FATAL = [1002, 1003, 1007, 1008, 1009, 1010, 3000, 4401];
/** Codes that are reserved or may not be sent (RFC 6455 section 7.4.1). */
const NOT_FOR_THE_WIRE = [1004, 1005, 1006, 1015];

describe('A close by the server', () => {
  it.each(RETRIED)('with %i is an error that is retried', async (code) => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, ...oneRetry());
    const seen = watch(feed);

    (await server.peer()).closeWith(code, 'because');
    await seen.next('open', 2);
    await feed.close();

    const error = new ConnectionClosedError({ code, reason: 'because', wasClean: true });
    expect(seen.events).toEqual(retriedAfter([open(1), closedByPeer(code, 'because')], error));
    expect(await seen.end).toBeUndefined();
    expect(await server.peers[0]!.closed).toEqual({ code, reason: 'because' });
    expect(await server.peers[1]!.closed).toEqual({ code: 1000, reason: '' });
  });

  it.each(FATAL)('with %i ends the run', async (code) => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, ...oneRetry());
    const seen = watch(feed);

    (await server.peer()).closeWith(code, 'because');
    const error = await seen.end;

    expect(error).toEqual(new FatalCloseError(new ConnectionClosedError({ code, reason: 'because', wasClean: true })));
    expect(seen.events).toEqual([connecting(1), open(1), closedByPeer(code, 'because')]);
    expect(feed.state.value).toEqual({ status: 'failed', error });
    expect(server.peers).toHaveLength(1);
  });

  it('without a code is reported as 1005 and is retried', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, ...oneRetry());
    const seen = watch(feed);

    (await server.peer()).write(frame(0x88));
    await seen.next('open', 2);
    await feed.close();

    expect(seen.events).toEqual(
      retriedAfter(
        [open(1), closedByPeer(1005)],
        new ConnectionClosedError({ code: 1005, reason: '', wasClean: true }),
      ),
    );
  });

  it.each(NOT_FOR_THE_WIRE)(
    'with %i, which may not be sent, is a protocol error, and is closed with 1002',
    async (code) => {
      const server = await TestServer.start();
      const seen = watch(observeWebSocket(server.url));

      (await server.peer()).write(closeFrame(code));

      const cause = nodeError('WS_ERR_INVALID_CLOSE_CODE');
      const reason = `a frame was broken: Invalid WebSocket frame: invalid status code ${code}`;
      const fields = { code: 1002, reason, wasClean: false };
      expect(await seen.end).toEqual(new ConnectionClosedError(fields, { cause }));
      expect(seen.events).toEqual([
        connecting(),
        open(),
        failing(cause),
        { type: 'close', ...fields, initiator: 'local' },
      ]);
      expect(await server.peers[0]!.closed).toEqual({ code: 1002, reason: '' });
    },
  );

  it('with 1008 is retried without stopOnFatalClose', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, retryWithBackoff({ delays: [0] }));
    const seen = watch(feed);

    (await server.peer()).closeWith(1008);
    await seen.next('open', 2);
    await feed.close();

    expect(seen.events.map(({ type }) => type)).toEqual([
      'connecting',
      'open',
      'close',
      'reconnecting',
      'connecting',
      'open',
      'close',
    ]);
  });

  it('with a reason of 123 bytes keeps all of them', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket(server.url));
    const reason = `${'ü'.repeat(61)}!`;

    (await server.peer()).closeWith(4000, reason);

    expect(await seen.end).toMatchObject({ code: 4000, reason });
  });

  it('that is not followed by the end of the TCP connection ends at closeTimeout, with its code', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, closeTimeout: 50 }));
    const peer = await server.peer();

    peer.stopReading();
    peer.write(closeFrame(1001, 'going'));

    expect(await seen.end).toEqual(new ConnectionClosedError({ code: 1001, reason: 'going', wasClean: true }));
    expect(seen.events).toEqual([connecting(), open(), closedByPeer(1001, 'going')]);
    peer.readOn();
  });
});

describe('The wait after a close code', () => {
  it.each([
    [1012, 5_000],
    [1013, 30_000],
    [4429, 5_000],
  ])('is kept: %i waits at least %i ms, and close() ends the wait', async (code, delay) => {
    const server = await TestServer.start();
    const noBackoff = { initialDelay: 1, random: () => 0 };
    const feed = observeWebSocket(server.url, stopOnFatalClose(), retryWithBackoff(noBackoff));
    const seen = watch(feed);

    (await server.peer()).closeWith(code);
    const { error } = await seen.next('reconnecting');
    await feed.close();

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), closedByPeer(code), reconnecting(1, delay, error)]);
    expect(feed.state.value).toEqual({ status: 'closed', code: 1000, reason: '' });
  });
});

describe('Our own close', () => {
  it.each([1000, 3000, 4000, 4401, 4999])('with %i and a reason reaches the server and completes', async (code) => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, stopOnFatalClose(), retryWithBackoff());
    const seen = watch(feed);
    await seen.next('open');

    await feed.close(code, 'enough');

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), closedByUs(code, 'enough')]);
    expect(await server.peers[0]!.closed).toEqual({ code, reason: 'enough' });
  });

  it.each([999, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 5000])('with %i rejects, and sends nothing', async (code) => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    await seen.next('open');

    await expect(feed.close(code)).rejects.toThrow(RangeError);

    const peer: Peer = await server.peer();
    peer.sendJson('still here');
    peer.closeWith(1000);
    await seen.end;
    expect(seen.messages).toEqual(['still here']);
    expect(seen.events).toEqual([connecting(), open(), closedByPeer(1000)]);
  });
});
