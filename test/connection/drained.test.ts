import { retry, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, isConnectionClosedError, observeWebSocket, onOpen, WebSocketError } from '../../src/index.node.js';
import type { Supervision, WebSocketConfig } from '../../src/index.node.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { laterTask } from '../helpers/later-task.js';
import { playedSockets } from '../helpers/played-sockets.js';

/** A connection, and what has become of each wait for it to be drained. */
function make(config: Partial<WebSocketConfig> = {}, ...supervision: Supervision[]) {
  const clock = new CountingScheduler();
  const transport = playedSockets();
  const feed = observeWebSocket({ url: 'ws://test', transport, scheduler: clock, ...config }, ...supervision);
  const fates: string[] = [];
  const errors: unknown[] = [];
  const drain = (below?: number) => {
    void feed.drained(below).then(
      () => fates.push('drained'),
      (error: unknown) => {
        fates.push('rejected');
        errors.push(error);
      },
    );
  };
  const connect = () => feed.lifecycle.subscribe({ error: () => undefined });
  /** So much time passes, and every promise that can settle has done so. */
  const pass = async (milliseconds = 0) => {
    clock.advance(milliseconds);
    await laterTask();
  };
  return { feed, clock, transport, drain, connect, fates, errors, pass };
}

describe('drained', () => {
  it('resolves at once where nothing is queued and nothing is buffered', async () => {
    const { clock, transport, drain, connect, fates, pass } = make();
    connect();
    transport.socket.open();

    drain();
    await pass();

    expect(fates).toEqual(['drained']);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [undefined, 1, 0],
    [0, 1, 0],
    [100, 101, 100],
  ])('waits until the socket buffers no more than %o bytes', async (below, tooMuch, enough) => {
    const { clock, transport, drain, connect, fates, pass } = make();
    connect();
    const socket = transport.socket.open();
    socket.bufferedAmount = tooMuch;

    drain(below);
    await pass(1000);
    expect(fates).toEqual([]);
    socket.bufferedAmount = enough;
    await pass(10);

    expect(fates).toEqual(['drained']);
    expect(clock.pending).toBe(0);
  });

  it('waits until the connection is open, its set-up included', async () => {
    const { feed, transport, drain, connect, fates, pass } = make(
      {},
      onOpen((link) => link.messages.pipe(take(1))),
    );
    connect();
    feed.messages.next('a');
    drain();
    await pass(20);
    transport.socket.open();
    await pass(20);
    expect(fates).toEqual([]);

    transport.socket.say('welcome');
    await pass(10);

    expect(transport.socket.calls).toEqual(['send "a"']);
    expect(fates).toEqual(['drained']);
  });

  it('waits over reconnects', async () => {
    const { transport, drain, connect, fates, pass } = make({}, retry());
    connect();
    transport.socket.open().bufferedAmount = 5;
    drain();
    transport.socket.closed();
    await pass(20);
    expect(fates).toEqual([]);

    transport.socket.open();
    await pass(10);

    expect(fates).toEqual(['drained']);
  });

  it('waits for what waits under a pace', async () => {
    const { feed, transport, drain, connect, fates, pass } = make({ pace: atMost(1, 1000) });
    connect();
    transport.socket.open();
    feed.messages.next('a');
    feed.link!.send('b');
    drain();
    await pass(1090);
    expect(fates).toEqual([]);

    await pass(20);

    expect(fates).toEqual(['drained']);
  });

  it('rejects at once without a run', async () => {
    const { feed, transport, drain, connect, fates, pass } = make();

    drain();
    await pass();
    expect(fates).toEqual(['rejected']);
    connect();
    transport.socket.open();
    await feed.close();
    drain();
    await pass();

    expect(fates).toEqual(['rejected', 'rejected']);
  });

  it.each<[string, (made: ReturnType<typeof make>) => unknown]>([
    ['is closed', ({ feed }) => void feed.close()],
    ['fails', ({ transport }) => transport.socket.closed(1011)],
    ['is closed by its link', ({ feed }) => feed.link!.close()],
    ['is ended by `messages.complete()`', ({ feed }) => feed.messages.complete()],
  ])('rejects when the run %s', async (_, end) => {
    const made = make();
    made.connect();
    made.transport.socket.open().bufferedAmount = 5;
    made.drain();
    made.drain(3);

    end(made);
    await made.pass();

    expect(made.fates).toEqual(['rejected', 'rejected']);
    expect(made.clock.pending).toBe(0);
  });

  it('rejects with the error that the run ended with', async () => {
    const { transport, drain, connect, errors, pass } = make();
    connect();
    drain();

    transport.socket.open().bufferedAmount = 5;
    transport.socket.closed(1011);
    await pass();

    expect(errors).toEqual([expect.objectContaining({ name: 'ConnectionClosedError', code: 1011 })]);
    expect(isConnectionClosedError(errors[0])).toBe(true);
  });

  it('rejects with a sentence where the connection is closed', async () => {
    const { feed, transport, drain, connect, errors, pass } = make();
    connect();
    transport.socket.open().bufferedAmount = 5;
    drain();

    void feed.close();
    await pass();

    expect(errors).toEqual([new WebSocketError('The connection was closed.')]);
  });

  it.each([0, 50])('rejects when the last subscriber has unsubscribed, after a linger of %i', async (linger) => {
    const { clock, transport, drain, connect, fates, pass } = make({ linger });
    const run = connect();
    transport.socket.open().bufferedAmount = 5;
    drain();

    run.unsubscribe();
    await pass(Math.max(0, linger - 1));
    expect(fates).toEqual(linger ? [] : ['rejected']);
    await pass(1);

    expect(fates).toEqual(['rejected']);
    expect(clock.pending).toBe(0);
  });

  it('is of the run that it was asked in, also where the next one is begun as it ends', async () => {
    const { feed, transport, drain, connect, fates, pass } = make();
    feed.lifecycle.subscribe({ error: () => connect() });
    transport.socket.open().bufferedAmount = 5;
    drain();

    transport.socket.closed();
    transport.socket.open();
    await pass(10);

    expect(transport.sockets).toHaveLength(2);
    expect(fates).toEqual(['rejected']);
  });

  it.each([-1, NaN, '5'])('rejects %o bytes', async (below) => {
    const { feed, connect } = make();
    connect();

    await expect(feed.drained(below as number)).rejects.toThrow('Expected `below` to be');
  });
});
