import { map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { multiplex } from '../../src/index.node.js';
import type { MultiplexOptions, Transport } from '../../src/index.node.js';
import { scriptedServer, silence } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { answer, answerOptions as options, hear, tick } from './answering.js';
import { feedOf } from './feeds.js';
import type { Tick } from './feeds.js';

const short = ({ n }: Tick) => String(n);
/** Asks for all that wait with one message. */
const inBatches: MultiplexOptions<Tick, unknown, string> = {
  ...{ keyOf: options.keyOf, answerOf: options.answerOf },
  subscribeMany: (keys, id) => ({ sub: keys, id }),
  unsubscribeMany: (keys, id) => ({ unsub: keys, id }),
};
/** What is for whom, and what ends the one that has waited longest. */
const values = {
  ...{ a: answer({ key: 'a' }), b: answer({ key: 'b' }), 1: answer({ id: 1 }), 2: answer({ id: 2 }) },
  ...{ e: answer({ error: 'no' }), x: answer({ id: 1, key: 'unknown' }) },
};

/** A transport whose sockets throw as they are given some text. */
function throwsAt(text: string, transport: Transport): Transport {
  return {
    ...transport,
    open(request, sink) {
      const socket = transport.open(request, sink);
      const send = (data: string | Uint8Array) => {
        if (String(data).includes(text)) throw new RangeError('too much');
        socket.send(data);
      };
      return Object.create(socket, { send: { value: send } }) as typeof socket;
    },
  };
}

describe('An answer', () => {
  it('is for no message that the socket has not taken', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-e'], values);
      const topics = multiplex(feedOf(throwsAt('"a"', transport)), options);

      const logs = [...'abc'].map((key) => record(topics(key), undefined, timer(9)));
      flush();

      expect(logs).toEqual([['0 # MessageDroppedError'], ['2 # SubscriptionError'], []]);
    });
  });

  it('is for the message of its id, also where it names a key in words of its own', () => {
    const { logs } = hear(['o-xe'], values, { keys: 'abc' });

    expect(logs).toEqual({ a: [], b: ['3 # SubscriptionError'], c: [] });
  });

  it('without an id is for the message that has waited longest, also where none has an id', () => {
    const { logs } = hear(['o-e'], values, { options: { nextId: () => undefined } });

    expect(logs).toEqual({ a: ['2 # SubscriptionError'], b: [] });
  });

  it('with an id that several messages have had is for the last one', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-ab------e'], { ...values, e: answer({ id: 7, error: 'no' }) });
      const topics = multiplex(feedOf(transport), { ...options, nextId: () => 7 });

      record(topics('a'), undefined, timer(5));
      const log = record(topics('b'), undefined, timer(20));
      flush();

      expect(log).toEqual(['10 # SubscriptionError']);
    });
  });

  it('to a key that was asked for anew is for the oldest message that has it', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o----abe'], values);
      const feed = feedOf(transport);
      const topics = multiplex(feed, inBatches);
      const logs = [record(topics('a'), undefined, timer(20)), record(topics('b'), undefined, timer(20))];

      at(2, () => topics.resync('a'));
      flush();

      expect(logs).toEqual([[], []]); // the last one is for what asked to stop
    });
  });

  it('to one key of several comes after another one was taken back', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a---b'], {
        a: answer({ id: 1, key: 'a', as: 'x' }),
        b: answer({ id: 1, key: 'b', as: 'y' }),
      });
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), {
        ...inBatches,
        unsubscribeMany: undefined,
        unsubscribe: (key, id, as) => ({ unsub: key, id, as }),
      });

      record(topics('a'), undefined, timer(4));
      record(topics('b'), undefined, timer(9));
      flush();

      expect(sent.slice(1)).toEqual(['4 {"unsub":"a","id":1,"as":"x"}', '9 {"unsub":"b","id":1,"as":"y"}']);
    });
  });

  it('for a key that is not known is for nobody', () => {
    const { logs, events } = hear(['o-x-y-a'], {
      x: answer({ key: 'unknown', error: 'no' }),
      y: answer({ id: 1, key: 'unknown', error: 'no' }),
      a: tick('a', 1),
    });

    expect(logs).toEqual({ a: ['6 1'], b: [] });
    expect(events.filter((line) => line.includes('rejected'))).toEqual([]);
  });
});

describe('A message with the id of a topic', () => {
  it('is delivered while the connection closes, also where that cannot be asked for anew', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const script = ['(so)-a-------------------'];
      const { transport } = scriptedServer(cold, script, { s: silence(), a: { id: 1, n: 1 } });
      const feed = feedOf(transport, { closeTimeout: 20 });
      const { subscribe } = options;
      const topics = multiplex(feed, { subscribe, idOf: ({ id }: Tick) => id });
      const log = record(topics('a'), short);

      at(2, () => void feed.close());
      at(3, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['5 1', '22 |']);
    });
  });
});

describe('A topic that the server ends while the message that asks it to stop is made', () => {
  it.each<[string, Partial<MultiplexOptions<Tick, unknown, string>>, string[]]>([
    ['alone', { unsubscribe: (key) => timer(4).pipe(map(() => ({ unsub: key }))) }, ['6 {"unsub":"c"}']],
    [
      'with others',
      { unsubscribe: undefined, unsubscribeMany: (keys) => timer(4).pipe(map(() => ({ unsub: keys }))) },
      ['8 {"unsub":["c"]}'],
    ],
  ])('is not taken back %s from who has asked for it anew', (_, stopping, stopped) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o---d'], { d: answer({ key: 'a', done: true }) });
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const events = record(feed.lifecycle, brief, timer(20));
      const topics = multiplex(feed, { ...options, ...stopping });

      for (const [key, until] of [['a', 2], ['c', 2], ['b', 30]] as const) record(topics(key), undefined, timer(until)); // prettier-ignore
      at(5, () => record(topics('a'), undefined, timer(30)));
      at(20, () => sent.push('20'));
      flush();

      expect(sent.slice(3, sent.indexOf('20'))).toEqual([expect.stringMatching(/^5 .*"sub":"a"/), ...stopped]);
      expect(events.filter((line) => /error|rejected|dropped/.test(line))).toEqual([]);
    });
  });
});
