import { fc } from '@fast-check/vitest';
import { filter, retry, skip, switchMap, take, timer } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { multiplex, observeWebSocket, ofType, retryWithBackoff } from '../../src/index.node.js';
import type {
  MultiplexOptions,
  Supervision,
  Transport,
  TransportSink,
  WebSocketConfig,
  WebSocketConnection,
} from '../../src/index.node.js';
import { closeWith, scriptedServer } from '../../src/testing/index.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { VirtualServer } from './virtual-server.js';
import type { Said } from './virtual-server.js';

interface Tick {
  key?: string;
  n: number;
}

const options: MultiplexOptions<Tick, Said, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => ({ sub: key }),
  unsubscribe: (key) => ({ unsub: key }),
};

type Feed = WebSocketConnection<Tick, Said>;

function feedOf(config: Partial<WebSocketConfig<Tick, Said>>, ...supervision: Supervision[]): Feed {
  return observeWebSocket<Tick, Said>({ url: 'ws://test', ...config }, ...supervision);
}

const atOnce = () => retryWithBackoff({ delays: Array<number>(99).fill(2) }) as Supervision;

describe('multiplex', () => {
  it('asks for a key once, however many subscribe, and takes it back when the last one has left', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['--o']);
      const sent = record(server.sent);
      const feed = feedOf({ transport: server.transport, linger: 5 });
      const topic = multiplex(feed, options);

      record(topic('a'), undefined, timer(4));
      record(topic('a'), undefined, timer(6));
      timer(5).subscribe(() => record(topic('a'), undefined, timer(3)));
      flush();

      expect(sent).toEqual(['2 {"sub":"a"}', '8 {"unsub":"a"}']);
    });
  });

  it('keeps the connection through a synchronous switchMap between keys', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const closes = record(server.closes);
      const topic = multiplex(feedOf({ transport: server.transport }), options);

      record(cold('a--b--b--a').pipe(switchMap(topic)), undefined, timer(12));
      flush();

      expect(server.connections).toHaveLength(1);
      expect(sent).toEqual([
        '0 {"sub":"a"}',
        '3 {"sub":"b"}',
        '3 {"unsub":"a"}',
        '9 {"sub":"a"}',
        '9 {"unsub":"b"}',
        '12 {"unsub":"a"}',
      ]);
      expect(closes).toEqual(['12 {"code":1000,"reason":""}']);
    });
  });

  it('sends nothing where the same key is left and taken up at once', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const topic = multiplex(feedOf({ transport: server.transport }), options);

      record(cold('a--a--a').pipe(switchMap(topic)), undefined, timer(9));
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}', '9 {"unsub":"a"}']);
      expect(server.connections).toHaveLength(1);
    });
  });

  it('leads each message to the subscribers of its key alone, and skips what has none', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { a: { key: 'a', n: 1 }, b: { key: 'b', n: 2 }, c: { key: 'c', n: 3 }, x: { n: 4 } };
      const { transport } = scriptedServer(cold, ['o-a-b-c-x-a'], values);
      const topic = multiplex(feedOf({ transport }), options);

      const logs = [topic('a'), topic('a'), topic('b')].map((ticks) => record(ticks, ({ n }) => String(n), timer(20)));
      flush();

      expect(logs).toEqual([['2 1', '10 1'], ['2 1', '10 1'], ['4 2']]);
    });
  });

  it('waits for the next connection where the peer has begun to close this one', () => {
    inVirtualTime(({ at, flush }) => {
      const sent: string[] = [];
      const sinks: TransportSink[] = [];
      const socket = { readyState: 1, bufferedAmount: 0, send: (data: unknown) => sent.push(String(data)) };
      const transport: Transport = {
        canPause: false,
        canSetHeaders: false,
        open: (_, sink) => {
          sinks.push(sink);
          return Object.assign(socket, { close: () => undefined, terminate: () => undefined });
        },
      };
      const feed = feedOf({ transport }, atOnce());
      record(feed.lifecycle, undefined, timer(20));
      sinks[0]!.onOpen('', '');
      at(1, () => (socket.readyState = 2));
      at(2, () => record(multiplex(feed, options)('a'), undefined, timer(18)));
      at(5, () => sinks[0]!.onClose(1000, '', true));
      at(9, () => {
        socket.readyState = 1;
        sinks[1]!.onOpen('', '');
      });

      flush();

      expect(sent).toEqual(['{"sub":"a"}', '{"unsub":"a"}']); // the latter by whoever leaves at last
    });
  });

  it('asks for the key of each message once, and subscribes to the connection once', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-a'], { a: { key: 'k500', n: 1 } });
      const feed = feedOf({ transport });
      const asked: Tick[] = [];
      const ofMessages = vi.spyOn(feed.messages, 'subscribe');
      const topic = multiplex(feed, {
        ...options,
        keyOf(tick) {
          asked.push(tick);
          return tick.key;
        },
      });

      for (let i = 0; i < 1000; i++) record(topic(`k${i}`), undefined, timer(9));
      flush();

      expect(asked).toHaveLength(2);
      expect(ofMessages).toHaveBeenCalledTimes(1);
    });
  });

  it('asks again after every reconnect, ahead of the outbox, and not in between', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o--#', '--o--#', 'o']);
      const sent = record(server.sent);
      const feed = feedOf({ transport: server.transport }, atOnce());
      const topic = multiplex(feed, options);

      record(topic('a'), undefined, timer(20));
      record(topic('b'), undefined, timer(20));
      at(4, () => feed.messages.next('queued'));
      at(11, () => feed.messages.next('queued too'));
      flush();

      expect(sent).toEqual([
        '0 {"sub":"a"}',
        '0 {"sub":"b"}',
        '7 {"sub":"a"}',
        '7 {"sub":"b"}',
        '7 "queued"',
        '12 {"sub":"a"}',
        '12 {"sub":"b"}',
        '12 "queued too"',
        '20 {"unsub":"a"}',
        '20 {"unsub":"b"}',
      ]);
    });
  });

  it('never takes back what the next connection was not asked for', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o--#', '--o']);
      const sent = record(server.sent);
      const topic = multiplex(feedOf({ transport: server.transport }, atOnce()), options);

      record(topic('a'), undefined, timer(4)); // while it waits for the retry
      record(topic('b'), undefined, timer(6)); // while it connects
      record(topic('c'), undefined, timer(9));
      flush();

      expect(sent.slice(3)).toEqual(['7 {"sub":"c"}', '9 {"unsub":"c"}']);
    });
  });

  it('takes nothing back where there is no message for it', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const topic = multiplex(feedOf({ transport: server.transport }), {
        keyOf: ({ key }: Tick) => key,
        subscribe: (key): Said => ({ sub: key }),
      });

      record(topic('a'), undefined, timer(3));
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}']);
    });
  });

  describe('on a connection that is open already', () => {
    it('asks at once', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const server = scriptedServer(cold, ['o---#', 'o']);
        const sent = record(server.sent);
        const feed = feedOf({ transport: server.transport }, atOnce());
        record(feed.lifecycle, brief, timer(20));
        const topic = multiplex(feed, options);

        at(2, () => record(topic('a'), undefined, timer(7)));
        flush();

        expect(sent).toEqual(['2 {"sub":"a"}', '6 {"sub":"a"}', '9 {"unsub":"a"}']);
      });
    });

    it.each<[string, (feed: Feed) => Observable<unknown>]>([
      ['state', (feed) => feed.state.pipe(filter(({ status }) => status === 'open'))],
      ['lifecycle', (feed) => feed.lifecycle.pipe(ofType('open'))],
    ])('asks once where the subscriber heard of it from its %s', (_name, opens) => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['-o']);
        const sent = record(server.sent);
        const feed = feedOf({ transport: server.transport });
        const topic = multiplex(feed, options);
        feed.messages.next('queued');
        record(feed.lifecycle, brief, timer(9));

        opens(feed).subscribe(() => record(topic('a'), undefined, timer(4)));
        flush();

        expect(sent).toHaveLength(3);
        expect(sent.filter((line) => line.includes('"sub"'))).toEqual(['1 {"sub":"a"}']);
      });
    });

    it('asks once on the next one too, where the subscriber heard of that from its state', () => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['o----#', 'o']);
        const sent = record(server.sent);
        const feed = feedOf({ transport: server.transport }, atOnce());
        const topic = multiplex(feed, options);
        record(feed.lifecycle, brief, timer(20));
        timer(2).subscribe(() => record(topic('a'), undefined, timer(20)));

        const opens = feed.state.pipe(filter(({ status }) => status === 'open'));
        timer(4)
          .pipe(switchMap(() => opens.pipe(skip(1), take(1))))
          .subscribe(() => record(topic('b'), undefined, timer(20)));
        flush();

        expect(sent.slice(0, 3)).toEqual(['2 {"sub":"a"}', '7 {"sub":"a"}', '7 {"sub":"b"}']);
        expect(sent.slice(3).filter((line) => line.includes('"sub"'))).toEqual([]);
      });
    });

    it('takes nothing back while it closes, and leaves nothing in the outbox', () => {
      inVirtualTime(({ at, flush }) => {
        const transport = playedSockets({ answersClose: false });
        const feed = feedOf({ transport });
        record(feed.lifecycle, brief);
        transport.socket.open();
        const topic = multiplex(feed, options);

        at(1, () => record(topic('a'), undefined, timer(5)));
        at(5, () => void feed.close());
        flush();

        expect(transport.calls).toEqual(['send {"sub":"a"}', 'close 1000', 'terminate']);
        expect(feed.stats.queued).toBe(0);
      });
    });
  });

  it('ends each key as the messages end, and begins anew for whoever comes back', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o--x', 'o--|'], { x: closeWith(4401) });
      const sent = record(server.sent);
      const topic = multiplex(feedOf({ transport: server.transport }), options);

      const first = record(topic('a'));
      const second = record(topic('b').pipe(retry(1)));
      flush();

      expect(first).toEqual(['3 # ConnectionClosedError']);
      expect(second).toEqual(['6 # ConnectionClosedError']);
      expect(sent).toEqual(['0 {"sub":"a"}', '0 {"sub":"b"}', '3 {"sub":"b"}']);
    });
  });

  it('completes each key where we close', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = feedOf({ transport });
      const topic = multiplex(feed, options);

      const logs = [record(topic('a')), record(topic('b'))];
      at(3, () => void feed.close());
      flush();

      expect(logs).toEqual([['3 |'], ['3 |']]);
    });
  });

  it('begins one run alone where the connection fails while it is subscribed to', () => {
    inVirtualTime(({ flush }) => {
      let asked = 0;
      const feed = feedOf({
        url() {
          asked++;
          throw new Error('no url');
        },
      });

      const log = record(multiplex(feed, options)('a'));
      flush();

      expect(log).toEqual(['0 # HandshakeError']);
      expect(asked).toBe(1);
    });
  });

  it('stays silent while nothing comes, and closes with 1000 when the last subscriber leaves', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['----o']);
      const closes = record(server.closes);
      const feed = feedOf({ transport: server.transport });

      const log = record(multiplex(feed, options)('a'), undefined, timer(6));
      flush();

      expect(log).toEqual([]);
      expect(closes).toEqual(['6 {"code":1000,"reason":""}']);
      expect(feed.state.value).toEqual({ status: 'idle' });
    });
  });

  it('lets a subscriber leave and another come while a message is told', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a-a-a'], { a: { key: 'a', n: 1 } });
      const sent = record(server.sent);
      const topic = multiplex(feedOf({ transport: server.transport }), options);
      const late: string[][] = [];

      record(topic('a').pipe(take(1)));
      topic('a')
        .pipe(take(1))
        .subscribe({ complete: () => late.push(record(topic('a'), undefined, timer(5))) });
      flush();

      expect(late).toEqual([['4 {"key":"a","n":1}', '6 {"key":"a","n":1}']]);
      expect(sent).toEqual(['0 {"sub":"a"}', '7 {"unsub":"a"}']);
    });
  });

  it.each<[string, Partial<MultiplexOptions<Tick, Said, string>>]>([
    ['keyOf', {}],
    ['idOf', { keyOf: undefined, idOf: ({ key }) => key, nextId: () => 'a' as never }],
    ['answerOf', { keyOf: (tick) => (tick as Tick | null)?.key, answerOf: ({ n }) => (n < 0 ? {} : undefined) }],
  ])('rejects a message for which `%s` throws, and goes on', (_name, some) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-x-a'], { x: null, a: { key: 'a', n: 1 } });
      const feed = feedOf({ transport });
      const events = record(feed.events, brief);

      const log = record(multiplex(feed, { ...options, ...some })('a'), undefined, timer(9));
      flush();

      expect(log).toEqual(['4 {"key":"a","n":1}']);
      expect(events.filter((line) => line.includes('rejected'))).toEqual(['2 rejected null']);
      expect(feed.stats.rejected).toBe(1);
    });
  });

  const failing = (): Said => {
    throw new SyntaxError('mine');
  };

  it.each<[string, () => Said, string]>([
    ['throws', failing, 'SyntaxError'],
    ['makes what does not encode', () => 1n as never, 'MessageDroppedError'],
  ])('ends a key alone where `subscribe` %s, and takes nothing back', (_what, make, error) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const topic = multiplex(feedOf({ transport: server.transport }), {
        ...options,
        subscribe: (key) => (key === 'bad' ? make() : { sub: key }),
      });

      const bad = record(topic('bad'));
      record(topic('good'), undefined, timer(5));
      const late: string[][] = [];
      timer(3).subscribe(() => late.push(record(topic('bad'))));
      flush();

      expect(bad).toEqual([`0 # ${error}`]);
      expect(late).toEqual([[`3 # ${error}`]]);
      expect(sent).toEqual(['0 {"sub":"good"}', '5 {"unsub":"good"}']);
    });
  });

  it.each<[string, Partial<MultiplexOptions<Tick, Said, string>>]>([
    ['unsubscribe', { unsubscribe: failing }],
    ['unsubscribeMany', { unsubscribe: undefined, unsubscribeMany: failing }],
  ])('reports what `%s` throws as dropped, and goes on', (name, some) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf({ transport: server.transport });
      const events = record(feed.lifecycle, brief, timer(9));
      const errors: unknown[] = [];
      feed.events.pipe(ofType('dropped')).subscribe(({ error }) => errors.push(error));
      const topic = multiplex(feed, { ...options, ...some });

      record(topic('a'), undefined, timer(3));
      record(topic('b'), undefined, timer(3));
      at(5, () => record(topic('a'), undefined, timer(5)));
      flush();

      const reports = name === 'unsubscribe' ? 2 : 1;
      expect(sent).toEqual(['0 {"sub":"a"}', '0 {"sub":"b"}', '5 {"sub":"a"}']);
      expect(events.filter((line) => line.includes('dropped'))).toEqual(
        Array<string>(reports).fill('3 dropped 1 unserializable'),
      );
      expect(errors.slice(0, 1)).toMatchObject([{ name: 'WebSocketError', cause: { name: 'SyntaxError' } }]);
    });
  });

  it('lets `subscribe` bring about another key, which is asked for once', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const topic = multiplex(feedOf({ transport: server.transport }), {
        ...options,
        subscribe(key) {
          if (key === 'a') record(topic('b'), undefined, timer(9));
          return { sub: key };
        },
      });

      record(topic('a'), undefined, timer(9));
      flush();

      expect(sent.filter((line) => line.includes('"sub"'))).toEqual(['0 {"sub":"a"}', '0 {"sub":"b"}']);
    });
  });

  it('takes keys that are no strings, by identity', () => {
    inVirtualTime(({ cold, flush }) => {
      const [one, other] = [{ id: 1 }, { id: 1 }];
      const { transport } = scriptedServer(cold, ['o-a'], { a: { key: 'a', n: 1 } });
      const topic = multiplex(feedOf({ transport }), { keyOf: () => one, subscribe: ({ id }) => String(id) });

      const logs = [record(topic(one), undefined, timer(5)), record(topic(other), undefined, timer(5))];
      flush();

      expect(logs).toEqual([['2 {"key":"a","n":1}'], []]);
    });
  });

  it.each([
    [{ keyOf: 'key' }, 'Expected `keyOf` to be a function, got "key".'],
    [{ keyOf: undefined }, 'Expected `keyOf` to be a function, got undefined.'],
    [{ keyOf: undefined, idOf: 'id' }, 'Expected `idOf` to be a function, got "id".'],
    [{ idOf: () => 1 }, 'Expected `idOf` to be left out where there is `keyOf`, got function.'],
    [{ subscribe: 'key' }, 'Expected `subscribe` to be a function, got "key".'],
    [{ subscribeMany: () => 1 }, 'Expected `subscribeMany` to be left out where there is `subscribe`, got function.'],
    [{ unsubscribe: 1 }, 'Expected `unsubscribe` to be a function, got 1.'],
    [
      { unsubscribeMany: () => 1 },
      'Expected `unsubscribeMany` to be left out where there is `unsubscribe`, got function.',
    ],
    [{ answerOf: {} }, 'Expected `answerOf` to be a function, got object.'],
    [{ mark: {} }, 'Expected `mark` to be a function, got object.'],
    [{ nextId: 1 }, 'Expected `nextId` to be a function, got 1.'],
    [{ pace: 5 }, 'Expected `pace.meter` to be a function, got undefined.'],
    [{ pace: null }, 'Expected `pace.meter` to be a function, got undefined.'],
    [{ keysPerMessage: '1' }, 'Expected `keysPerMessage` to be an integer of 1 or more, got "1".'],
  ])('refuses %o when it is made', (bad, message) => {
    const feed = feedOf({});

    expect(() => multiplex(feed, { ...options, ...bad } as never)).toThrow(new TypeError(message));
  });

  it('refuses `undefined` as a key, which messages without one have', () => {
    const topics = multiplex(feedOf({}), options);

    expect(() => topics(undefined as never)).toThrow(new TypeError('Expected `key` to be a key, got undefined.'));
  });

  it('refuses options that are none', () => {
    expect(() => multiplex(feedOf({}), null as never)).toThrow('Expected `options` to be an object, got null.');
  });

  it.each([0, 1.5, NaN])('refuses messages of %d keys', (keysPerMessage) => {
    expect(() => multiplex(feedOf({}), { ...options, keysPerMessage })).toThrow(RangeError);
  });

  it.each([undefined, 'feed', {}])('refuses %o for a connection', (connection) => {
    expect(() => multiplex(connection as never, options)).toThrow(
      /^Expected `connection` to be a connection or a pool/,
    );
  });

  it('holds what the server believes equal to what is subscribed, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        inVirtualTime(({ at, flush }) => {
          const server = new VirtualServer();
          const topic = multiplex(feedOf({ transport: server.transport }, atOnce()), options);
          const subscriptions = new Map<string, Subscription[]>();
          let now = 0;

          for (const { wait, what, key } of deeds) {
            at((now += wait), () => {
              const mine = subscriptions.get(key) ?? [];
              subscriptions.set(key, mine);
              if (what === 'subscribe') mine.push(topic(key).subscribe());
              if (what === 'leave') mine.pop()?.unsubscribe();
              if (what === 'return' && mine.length > 0) {
                mine.pop()!.unsubscribe();
                mine.push(topic(key).subscribe());
              }
              if (what === 'drop') server.drop();
              if (what === 'refuse') server.isUp = false;
              if (what === 'accept') server.isUp = true;
            });
          }
          at(now + 1, () => (server.isUp = true));
          const subscribed = () => [...subscriptions].flatMap(([key, { length }]) => (length ? key : [])).sort();
          at(now + 10, () => {
            expect(server.topics).toEqual(subscribed());
            expect(server.open).toHaveLength(subscribed().length ? 1 : 0);
          });
          at(now + 11, () => {
            for (const one of [...subscriptions.values()].flat()) one.unsubscribe();
          });
          flush();

          expect(server.faults).toEqual([]);
          expect(server.open).toEqual([]);
        });
      }),
      { numRuns: 300 },
    );
  });
});

const deed = fc.record({
  wait: fc.nat({ max: 3 }),
  what: fc.constantFrom('subscribe', 'subscribe', 'leave', 'return', 'drop', 'refuse', 'accept'),
  key: fc.constantFrom('a', 'b', 'c'),
});
