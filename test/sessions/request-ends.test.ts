import { catchError, config, Subject, throwError, timer } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { connectionPool, ConnectionClosedError, requestResponse } from '../../src/index.node.js';
import type { RequestResponseOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

const byId: RequestResponseOptions<Tick, unknown> = { idOf: ({ id }) => id };
const short = ({ n }: Tick) => String(n);

afterEach(() => {
  config.onStoppedNotification = null;
});

/** A connection of somebody’s own, whose messages and events the test emits; what it sends is noted. */
function emptyStandIn() {
  const messages = new Subject<Tick>();
  const lifecycle = new Subject<object>();
  const sent: unknown[] = [];
  const link = { send: (value: unknown) => sent.push(value), messages };
  const connection = Object.assign(messages, { messages, lifecycle, state: { value: {} }, link: undefined });
  return { connection: connection as unknown as Feed, messages, lifecycle, link, sent };
}

describe('A request without an id', () => {
  it('is answered by no message without an id', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a'], { a: { n: 1 } });

      const log = record(requestResponse(feedOf(transport), byId)(undefined, 'ask'), short, timer(9));
      flush();

      expect(log).toEqual([]);
    });
  });
});

describe('Requests that are answered at once', () => {
  it('have one thing done about them, when the scheduler runs next', () => {
    const scheduler = new CountingScheduler();
    const transport = playedSockets();
    const feed = feedOf(transport, { scheduler });
    const reader = feed.messages.subscribe();
    transport.socket.open();
    scheduler.advance(1);
    const request = requestResponse(feed, byId);
    for (const id of [1, 2, 3]) request(id, id).subscribe();

    const { scheduled } = scheduler;
    transport.socket.say({ id: 1 }, { id: 2 }, { id: 3 });

    expect(scheduler.scheduled - scheduled).toBe(1);
    reader.unsubscribe();
  });
});

describe('A request whose link ends', () => {
  it('is told nothing where it is left at that moment', () => {
    const late: unknown[] = [];
    config.onStoppedNotification = (notification) => late.push(notification);
    inVirtualTime(({ cold, flush }) => {
      const feed = retriedFeed(scriptedServer(cold, ['o-#', 'o']).transport);
      record(feed.lifecycle, undefined, timer(20));
      const request = requestResponse(feed, byId);
      const [left, kept] = [request(1, 'ask').subscribe(), record(request(2, 'ask'), short)];
      feed.state.subscribe(({ status }) => {
        if (status === 'reconnecting') left.unsubscribe();
      });

      flush();

      expect(kept).toEqual(['2 # ConnectionClosedError']);
      expect(late).toEqual([]);
    });
  });

  it('ends with the error of that over a pool too, whatever the supervision makes of it', () => {
    inVirtualTime(({ cold, flush }) => {
      const mine = catchError(() => throwError(() => new RangeError('mine')));
      const { transport } = scriptedServer(cold, ['o--#']);
      const pool = connectionPool<Tick, unknown>({
        create: () => feedOf(transport, {}, mine as never),
        max: 1,
        keysPerConnection: 1,
      });

      const log = record(requestResponse(pool, byId)(1, 'ask'), short);
      flush();

      expect(log).toEqual(['3 # ConnectionClosedError']);
    });
  });
});

describe('A stand-in of a connection', () => {
  it('that says nothing of its end has closed with 1000', () => {
    const { connection, messages } = emptyStandIn();
    const errors: unknown[] = [];
    requestResponse(connection, byId)(1, 'ask').subscribe({ error: (error: unknown) => errors.push(error) });

    messages.complete();

    expect(errors).toEqual([new ConnectionClosedError({ code: 1000, reason: '', wasClean: true })]);
    expect(errors).toMatchObject([{ code: 1000, reason: '', wasClean: true }]);
  });

  it('whose links do not say whether they take messages has no `cancel` sent on one that has ended', () => {
    const { connection, lifecycle, link, sent } = emptyStandIn();
    const request = requestResponse(connection, { ...byId, cancel: (id) => ({ cancel: id }) });
    const reader = request(1, 'ask').subscribe({ error: () => undefined });
    lifecycle.next({ type: 'open', link });

    lifecycle.next({ type: 'close', code: 1006, reason: '', wasClean: false });
    reader.unsubscribe();

    expect(sent).toEqual([]);
  });
});
