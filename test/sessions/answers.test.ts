import { asyncScheduler, retry, takeUntil, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HeartbeatTimeoutError, isSubscriptionError, multiplex, SubscriptionError } from '../../src/index.node.js';
import type { Answer, MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';
import { answer, answerOptions as options, hear, tick } from './answering.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Tick } from './feeds.js';

describe('An answer with an error', () => {
  it('ends the key of its message alone, with a SubscriptionError', () => {
    const { logs, sent } = hear(['o-e-(ab)'], {
      e: answer({ id: 1, error: 'no such symbol' }),
      a: tick('a', 1),
      b: tick('b', 2),
    });

    expect(logs).toEqual({ a: ['2 # SubscriptionError'], b: ['4 2'] });
    expect(sent).toEqual(['0 {"sub":"a","id":1}', '0 {"sub":"b","id":2}', '30 {"unsub":"b","id":2}']);
  });

  it('has a new subscriber ask again', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { e: answer({ id: 1, error: { code: 7 } }), a: tick('a', 1) };
      const server = scriptedServer(cold, ['o-e-a'], values);
      const sent = record(server.sent);
      const errors: unknown[] = [];
      const topics = multiplex(feedOf(server.transport), options);

      const log = record(
        topics('a').pipe(tap({ error: (error: unknown) => errors.push(error as never) }), retry(1)),
        ({ n }) => String(n),
        timer(9),
      );
      flush();

      expect(errors).toEqual([new SubscriptionError('a', { code: 7 })]);
      expect(errors).toMatchObject([{ key: 'a', cause: { code: 7 }, fatal: false }]);
      expect(log).toEqual(['4 1']);
      expect(sent).toEqual(['0 {"sub":"a","id":1}', '2 {"sub":"a","id":2}', '9 {"unsub":"a","id":2}']);
    });
  });

  it('may come late', () => {
    const { logs } = hear(['o-k-a-e'], {
      k: answer({ id: 1 }),
      a: tick('a', 1),
      e: answer({ id: 1, error: 'revoked' }),
    });

    expect(logs.a).toEqual(['4 1', '6 # SubscriptionError']);
  });

  it.each([null, undefined])('of %s is none', (error) => {
    const { logs } = hear(['o-e-a'], { e: { answer: { id: 1, error } }, a: tick('a', 1) });

    expect(logs.a).toEqual(['4 1']);
  });

  it('ends every reader of the key, and says what the server said', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-e'], {
        e: answer({ key: 'a', error: { message: 'No symbol.' } }),
      });
      const topics = multiplex(feedOf(transport), options);
      const errors: unknown[] = [];

      for (let reader = 0; reader < 2; reader++)
        topics('a').subscribe({ error: (error: unknown) => errors.push(error) });
      flush();

      expect(errors.map((error) => isSubscriptionError(error) && error.message)).toEqual(
        Array(2).fill('The server has refused the topic a: No symbol.'),
      );
    });
  });
});

describe('A SubscriptionError', () => {
  it.each<[unknown, string]>([
    ['no such symbol', 'The server has refused the topic a: no such symbol.'],
    [{ message: 'unknown' }, 'The server has refused the topic a: unknown.'],
    ['v1.2 is too old.', 'The server has refused the topic a: v1.2 is too old.'],
    [404, 'The server has refused the topic a: 404.'],
    [{ secret: 1 }, 'The server has refused the topic a: object.'],
  ])('of %o has it in its sentence', (cause, message) => {
    expect(new SubscriptionError('a', cause).message).toBe(message);
  });

  it('is told apart from other errors', () => {
    expect(isSubscriptionError(new Error('SubscriptionError'))).toBe(false);
    expect(isSubscriptionError(Object.assign(new Error(), { name: 'SubscriptionError' }))).toBe(false);
    expect(isSubscriptionError(new HeartbeatTimeoutError('silent'))).toBe(false);
    expect(isSubscriptionError(new SubscriptionError('a', 1))).toBe(true);
  });
});

describe('An answer', () => {
  it('without id and key is for the message that has waited longest', () => {
    const { logs } = hear(['o-kek'], { k: answer({}), e: answer({ error: 'no' }) }, { keys: 'abc' });

    expect(logs).toEqual({ a: [], b: ['3 # SubscriptionError'], c: [] });
  });

  it('without id and key may be for a message that asks to stop', () => {
    inVirtualTime(({ cold, at, flush }) => {
      // a asked for, a asked to stop, b asked for: three answers
      const { transport } = scriptedServer(cold, ['o-----kke'], { k: answer({}), e: answer({ error: 'no' }) });
      const feed = feedOf(transport);
      record(feed.messages, undefined, timer(20));
      const topics = multiplex(feed, options);
      const logs = [record(topics('a'), undefined, timer(2))];
      at(3, () => logs.push(record(topics('b')), record(topics('a'), undefined, timer(9))));

      flush();

      expect(logs).toEqual([[], ['8 # SubscriptionError'], []]);
    });
  });

  it('with an id or a key is for its message, in whatever order they come', () => {
    const { logs } = hear(
      ['o-c-a-b'],
      {
        c: answer({ id: 3, error: 'no' }),
        a: answer({ key: 'a', error: 'no' }),
        b: answer({ error: 'no' }),
      },
      { keys: 'abc' },
    );

    expect(logs).toEqual({ a: ['4 # SubscriptionError'], b: ['6 # SubscriptionError'], c: ['2 # SubscriptionError'] });
  });

  it('is for all keys of its message, or for one', () => {
    const many = {
      subscribe: undefined,
      subscribeMany: (keys: string[], id: number) => ({ sub: keys, id }),
      keysPerMessage: 2,
    };
    const { logs } = hear(
      ['o-a-e'],
      { a: answer({ id: 1, key: 'a', error: 'no' }), e: answer({ id: 2, error: 'no' }) },
      { keys: 'abcd', options: many },
    );

    expect(logs).toEqual({
      a: ['2 # SubscriptionError'],
      b: [],
      c: ['4 # SubscriptionError'],
      d: ['4 # SubscriptionError'],
    });
  });

  it('for one key of several leaves the message waiting for the others', () => {
    const many = {
      subscribe: undefined,
      subscribeMany: (keys: string[], id: number) => ({ sub: keys, id }),
      keysPerMessage: 2,
    };
    const { logs } = hear(
      ['o-abe'],
      { a: answer({ key: 'a' }), b: answer({ key: 'b' }), e: answer({ error: 'no' }) },
      { keys: 'abcd', options: many },
    );

    expect(logs).toEqual({ a: [], b: [], c: ['4 # SubscriptionError'], d: ['4 # SubscriptionError'] });
  });

  it('may be several in one message', () => {
    const { logs } = hear(['o-e'], { e: answer({ id: 1, error: 'no' }, { id: 3, error: 'no' }) }, { keys: 'abc' });

    expect(logs).toEqual({ a: ['2 # SubscriptionError'], b: [], c: ['2 # SubscriptionError'] });
  });

  it('is consumed, though it has a key, unless it says otherwise', () => {
    const { logs } = hear(['o-k-m'], {
      k: { ...tick('a', 1), ...answer({ key: 'a' }) },
      m: { ...tick('a', 2), ...answer({ key: 'a', deliver: true }) },
    });

    expect(logs.a).toEqual(['4 2']);
  });

  it('is consumed where it is for nobody', () => {
    const { logs, events } = hear(['o-k'], { k: { ...tick('a', 1), ...answer({ id: 'login' }) } });

    expect(logs.a).toEqual([]);
    expect(events.filter((line) => line.includes('rejected'))).toEqual([]);
  });

  it('that says `done` completes the streams of its key, after what it delivers', () => {
    const { logs, sent } = hear(['o-d'], { d: { ...tick('a', 9), ...answer({ id: 1, done: true, deliver: true }) } });

    expect(logs).toEqual({ a: ['2 9', '2 |'], b: [] });
    expect(sent).toEqual(['0 {"sub":"a","id":1}', '0 {"sub":"b","id":2}', '30 {"unsub":"b","id":2}']);
  });

  it('of a connection before does nothing', () => {
    const { logs } = hear(['o#', 'o-xye', 'o'], {
      x: answer({ id: 1, error: 'no' }),
      y: answer({}), // of a, asked for with 3
      e: answer({ error: 'no' }),
    });

    expect(logs).toEqual({ a: [], b: ['7 # SubscriptionError'] });
  });

  it('to an asking that a newer one overtook does nothing', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o----e-a-f'], {
        e: answer({ id: 1, error: 'no' }),
        a: tick('a', 1),
        f: answer({ id: 2, error: 'no' }),
      });
      const feed = feedOf(transport);
      const topics = multiplex(feed, options);
      const log = record(topics('a'), ({ n }) => String(n));

      at(2, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['7 1', '9 # SubscriptionError']);
    });
  });

  it('to a key that nobody reads, or to a message that asks to stop, does nothing', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { e: answer({ id: 1, error: 'no' }), f: answer({ key: 'a', error: 'no' }), a: tick('a', 1) };
      const server = scriptedServer(cold, ['o----ef----a'], values);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const events = record(feed.events, brief);
      record(feed.messages, undefined, timer(20));
      const topics = multiplex(feed, options);
      const logs = [record(topics('a'), undefined, timer(3)), record(topics('b'), undefined, timer(20))];

      at(9, () => logs.push(record(topics('a'), ({ n }) => String(n), timer(9))));
      flush();

      expect(logs).toEqual([[], [], ['11 1']]);
      expect(events.filter((line) => line.includes('rejected'))).toEqual([]);
      expect(sent.filter((line) => line.includes('"a"'))).toEqual([
        ...['0 {"sub":"a","id":1}', '3 {"unsub":"a","id":1}'],
        ...['9 {"sub":"a","id":3}', '18 {"unsub":"a","id":3}'],
      ]);
    });
  });

  it.each<[string, string, [key: string, from: number, until: number][], Record<string, string>]>([
    [
      'passes over what asked to stop before, by id',
      'o-1---2e',
      [
        ['a', 0, 3],
        ['b', 5, 20],
        ['c', 5, 20],
      ],
      { c: '7' },
    ],
    [
      'passes over what asked to stop before, by key',
      'o-1---be',
      [
        ['a', 0, 3],
        ['b', 5, 20],
        ['c', 5, 20],
      ],
      { c: '7' },
    ],
    [
      'to something else passes over nothing',
      'o-1---lke',
      [
        ['a', 0, 3],
        ['b', 5, 20],
      ],
      { b: '8' },
    ],
    [
      'to what asked to stop passes over no later one',
      'o-(12)1ke',
      [
        ['a', 0, 3],
        ['b', 0, 4],
        ['c', 5, 20],
      ],
      { c: '8' },
    ],
    [
      'that comes again passes over nothing',
      'o-(12)1ke',
      [
        ['a', 0, 20],
        ['b', 0, 3],
        ['c', 5, 20],
      ],
      { c: '8' },
    ],
    [
      'with an id may be to its second message',
      'o----11e',
      [
        ['a', 0, 2],
        ['c', 4, 20],
      ],
      { c: '7' },
    ],
    [
      'with a key leaves an older message of another key waiting',
      'o-be',
      [
        ['a', 0, 20],
        ['b', 0, 20],
      ],
      { a: '3' },
    ],
    [
      'with a key is for its oldest message',
      'o----ake',
      [
        ['a', 0, 2],
        ['a', 4, 20],
      ],
      { a: '7' },
    ],
  ])('%s', (_what, script, readings, refused) => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = {
        ...{ 1: answer({ id: 1 }), 2: answer({ id: 2 }), l: answer({ id: 'login' }), a: answer({ key: 'a' }) },
        ...{ b: answer({ key: 'b' }), k: answer({}), e: answer({ error: 'no' }) },
      };
      const feed = feedOf(scriptedServer(cold, [script], values).transport);
      record(feed.lifecycle, undefined, timer(30));
      const topics = multiplex(feed, options);
      const errors: Record<string, string> = {};

      for (const [key, from, until] of readings) {
        at(from, () => {
          topics(key)
            .pipe(takeUntil(timer(until - from)))
            .subscribe({ error: () => (errors[key] = String(asyncScheduler.now())) });
        });
      }
      flush();

      expect(errors).toEqual(refused);
    });
  });

  it.each([
    ['one of its keys', 'a', ['a', 'b']],
    ['all of it', 'k', ['c', 'd']],
  ])('to a message of several keys is one for %s', (_what, given, refused) => {
    const { logs } = hear(
      [`o-${given}e`],
      { a: answer({ key: 'a' }), k: answer({}), e: answer({ error: 'no' }) },
      {
        keys: 'abcd',
        options: { subscribe: undefined, subscribeMany: (keys: string[]) => ({ sub: keys }), keysPerMessage: 2 },
      },
    );

    expect(Object.keys(logs).filter((key) => logs[key]!.length)).toEqual(refused);
  });

  it('is waited for by no more than 1000 messages, beside those of live topics', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets();
      const feed = feedOf(transport);
      record(feed.lifecycle, undefined, timer(2000));
      transport.socket.open();
      const topics = multiplex(feed, options);
      const logs: string[][] = [];

      for (let time = 0; time < 600; time++) at(time, () => topics('a').subscribe().unsubscribe());
      at(700, () => logs.push(record(topics('b'))));
      at(800, () => transport.socket.say(...Array<object>(1000).fill(answer({}))));
      at(900, () => transport.socket.say(answer({ error: 'no' })));
      flush();

      expect(logs).toEqual([['900 # SubscriptionError']]);
    });
  });

  it('with a key on a connection that was replaced meanwhile does nothing', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { e: answer({ key: 'a', error: 'no' }), a: tick('a', 1) };
      const { transport } = scriptedServer(cold, ['o-----e', '-o------a'], values);
      const feed = feedOf(transport);
      const log = record(multiplex(feed, options)('a'), ({ n }) => String(n), timer(20));

      at(2, () => feed.reconnect({ overlap: 6 }));
      flush();

      expect(log).toEqual(['10 1']);
    });
  });

  it('that the topics end at is survived by those that end in it', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-e'], {
        e: answer({ id: 1, error: 'no' }, { id: 2, error: 'no' }),
      });
      const topics = multiplex(feedOf(transport), options);
      const logs: string[] = [];

      topics('a').subscribe({ error: () => other.unsubscribe() });
      const other = topics('b').subscribe({ error: () => logs.push('never') });
      flush();

      expect(logs).toEqual([]);
    });
  });
});

describe('Messages with ids', () => {
  const byId: Partial<MultiplexOptions<Tick, unknown, string>> = { keyOf: undefined, idOf: ({ id }) => id };

  it('are led by the id that `subscribe` was given', () => {
    const values = { a: { id: 1, n: 1 }, b: { id: 2, n: 2 }, c: { id: 3, n: 3 }, d: { id: 4, n: 4 } };
    const { logs } = hear(['o-ab#', 'o-abcd', 'o'], values, { options: byId });

    expect(logs).toEqual({ a: ['2 1', '10 3'], b: ['3 2', '11 4'] });
  });

  it('are led by the server’s own id, which `unsubscribe` is given', () => {
    const { logs, sent } = hear(
      ['o-k-ab#', 'o-xa', 'o'],
      {
        k: answer({ id: 2, as: '0xb' }, { id: 1, as: '0xa' }),
        x: answer({ id: 3, as: '0xb' }),
        a: { id: '0xa', n: 1 },
        b: { id: '0xb', n: 2 },
      },
      { options: { ...byId, unsubscribe: (_key: string, id: number, as: unknown) => ({ unsub: as, id }) } },
    );

    expect(logs).toEqual({ a: ['4 1'], b: ['5 2'] });
    expect(sent).toEqual([
      ...['0 {"sub":"a","id":1}', '0 {"sub":"b","id":2}'],
      ...['8 {"sub":"a","id":3}', '8 {"sub":"b","id":4}'],
      '30 {"unsub":"0xb","id":3}',
    ]);
  });

  it('are for nobody once the key was asked for anew', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { a: { id: 1, n: 1 }, b: { id: 2, n: 2 } };
      const { transport } = scriptedServer(cold, ['o-a--a-b-a'], values);
      const topics = multiplex(feedOf(transport), { ...options, ...byId });
      const log = record(topics('a'), ({ n }) => String(n), timer(20));

      at(3, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['2 1', '7 2']);
    });
  });

  it('are for the key that has the server’s id last, also when the one before is left', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { x: answer({ id: 1, as: 7 }), y: answer({ id: 2, as: 7 }), b: { id: 7, n: 2 } };
      const { transport } = scriptedServer(cold, ['o-xy----b'], values);
      const topics = multiplex(feedOf(transport), { ...options, ...byId });

      record(topics('a'), undefined, timer(5));
      const log = record(topics('b'), ({ n }) => String(n), timer(20));
      flush();

      expect(log).toEqual(['8 2']);
    });
  });

  it('are for the key that has the number from the server, where another has it from us', () => {
    const values = {
      k: answer({ id: 1, as: 2 }, { id: 2, as: 3 }),
      a: { id: 2, n: 1 },
      b: { id: 3, n: 2 },
      c: { id: 1, n: 3 },
    };

    const { logs } = hear(['o-kabc#', 'o'], values, { options: byId });

    expect(logs).toEqual({ a: ['3 1'], b: ['4 2'] });
  });

  it('are delivered in an answer with `as` too', () => {
    const { logs } = hear(
      ['o-k'],
      { k: { id: 7, n: 1, ...answer({ key: 'a', as: 7, deliver: true }) } },
      { options: byId },
    );

    expect(logs.a).toEqual(['2 1']);
  });
});

describe('A key that was left before its answer, where `unsubscribe` needs its `as`', () => {
  const needy = { ...options, unsubscribe: (key: string, _id: number, as: unknown) => ({ unsub: key, as }) };

  it.each<[string, Answer<string>, string[]]>([
    ['is taken back when that comes', { id: 1, as: 'x' }, ['6 {"unsub":"a","as":"x"}']],
    ['is taken back when that comes, also without it', { id: 1 }, ['6 {"unsub":"a"}']],
    ['is forgotten where that is an error', { id: 1, error: 'no' }, []],
    ['is forgotten where that ends it', { id: 1, done: true }, []],
  ])('%s', (_what, given, expected) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-----k---k'], { k: answer(given) });
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, needy);
      record(topics('a'), undefined, timer(2));
      record(topics('b'), undefined, timer(9));
      flush();

      expect(sent.filter((line) => line.includes('unsub') && line.includes('"a"'))).toEqual(expected);
    });
  });

  it('is taken back after its new answer, where it was asked for anew', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { k: answer({ id: 1, as: 'x' }), l: answer({ id: 2, as: 'y' }) };
      const server = scriptedServer(cold, ['o-k-----l'], values);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(30));
      const topics = multiplex(feed, needy);

      record(topics('a'), undefined, timer(6));
      at(4, () => topics.resync('a'));
      flush();

      expect(sent).toEqual([
        ...['0 {"sub":"a","id":1}', '4 {"unsub":"a","as":"x"}', '4 {"sub":"a","id":2}'],
        '8 {"unsub":"a","as":"y"}',
      ]);
    });
  });

  it('is taken back also where nobody reads anything', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { k: answer({ id: 1, as: 'x' }), l: answer({ id: 2, as: 'y' }) };
      const server = scriptedServer(cold, ['o-----k----l'], values);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.lifecycle, undefined, timer(30));
      const topics = multiplex(feed, needy);

      record(topics('a'), undefined, timer(2));
      at(9, () => record(topics('a'), undefined, timer(9)));
      flush();

      expect(sent).toEqual([
        ...['0 {"sub":"a","id":1}', '6 {"unsub":"a","as":"x"}'],
        ...['9 {"sub":"a","id":2}', '18 {"unsub":"a","as":"y"}'],
      ]);
    });
  });

  it('is taken back and asked for again where somebody reads it again meanwhile', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { k: answer({ id: 1, as: 'x' }), l: answer({ id: 2, as: 'y' }), a: tick('a', 1) };
      const server = scriptedServer(cold, ['o----ak-a-l'], values);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(30));
      const topics = multiplex(feed, needy);

      record(topics('a'), undefined, timer(2));
      const logs: string[][] = [];
      at(4, () => logs.push(record(topics('a'), ({ n }) => String(n), timer(9))));
      flush();

      expect(logs).toEqual([['5 1', '8 1']]);
      expect(sent).toEqual([
        ...['0 {"sub":"a","id":1}', '6 {"unsub":"a","as":"x"}', '6 {"sub":"a","id":2}'],
        '13 {"unsub":"a","as":"y"}',
      ]);
    });
  });

  it('is forgotten with its connection', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o---#', 'o-k'], { k: answer({ id: 1, as: 'x' }) });
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      record(feed.messages, undefined, timer(30));
      const topics = multiplex(feed, needy);

      record(topics('a'), undefined, timer(2));
      at(12, () => record(topics('b'), undefined, timer(30)));
      flush();

      expect(sent).toEqual(['0 {"sub":"a","id":1}', '12 {"sub":"b","id":2}']);
    });
  });
});
