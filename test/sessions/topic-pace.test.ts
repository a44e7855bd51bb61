import { asyncScheduler, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, json, multiplex } from '../../src/index.node.js';
import type { MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Tick } from './feeds.js';

const options: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => `sub ${key}`,
  unsubscribe: (key) => `unsub ${key}`,
};

describe('The pace of topics', () => {
  it('goes on where all leave and others come on the same connection', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      record(feed.lifecycle, undefined, timer(90));
      const topics = multiplex(feed, { ...options, unsubscribe: undefined, pace: atMost(1, 20) });

      record(topics('a'), undefined, timer(1));
      at(4, () => record(topics('b'), undefined, timer(80)));
      flush();

      expect(sent).toEqual(['0 sub a', '22 sub b']);
    });
  });
});

describe('Topics under the pace of their connection', () => {
  it('take turns with the outbox, topics first', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['--o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      const topics = multiplex(feed, options);

      for (const n of [1, 2, 3]) feed.messages.next(`out ${n}`);
      [...'ab'].forEach((key) => record(topics(key), undefined, timer(60)));
      flush();

      expect(sent).toEqual(['2 sub a', '13 out 1', '24 sub b', '35 out 2', '46 out 3', '60 unsub a']);
    });
  });

  it('go after what links send', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      const topics = multiplex(feed, options);
      [...'ab'].forEach((key) => record(topics(key), undefined, timer(60)));

      at(5, () => {
        feed.link!.send('link');
        feed.link!.sendRaw('"raw"');
      });
      flush();

      expect(sent).toEqual(['0 sub a', '11 raw', '22 link', '33 sub b', '60 unsub a']);
    });
  });

  it('are made when they may go, and not for keys that were left', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      let token = 0;
      const topics = multiplex(feed, { ...options, subscribe: (key) => `sub ${key} ${token}` });
      const clock = timer(0, 1).subscribe((now) => (token = now));
      timer(60).subscribe(() => clock.unsubscribe());

      record(topics('a'), undefined, timer(60));
      record(topics('b'), undefined, timer(5));
      record(topics('c'), undefined, timer(60));
      flush();

      expect(sent.map((line) => line.replace(/^\d+ /, ''))).toEqual(['sub a 0', 'sub c 11', 'unsub a']);
    });
  });

  it.each([
    ['at its end', { about: 'a', done: true }],
    ['with an error', { about: 'a', error: 'gone' }],
  ])('need not be stopped that the server has ended meanwhile, %s', (_, end) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(
        cold,
        ['o-------e'],
        { e: end },
        { reply: (said) => (String(said).startsWith('sub') ? { about: 'a' } : undefined) },
      );
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      record(feed.lifecycle, undefined, timer(60));
      const topics = multiplex(feed, {
        ...options,
        answerOf: ({ about, ...answer }) => (about ? { key: 'a', ...answer } : undefined),
      });

      record(topics('a'), undefined, timer(5));
      flush();

      expect(sent).toEqual(['0 sub a']);
    });
  });

  it('are not counted as queued, nor as dropped when the connection closes', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(1, 10), outbox: { capacity: 1 } });
      const topics = multiplex(feed, options);
      [...'abcd'].forEach((key) => record(topics(key)));

      at(3, () => {
        expect(feed.stats.queued).toBe(0);
        void feed.close();
      });
      flush();

      expect(sent).toEqual(['0 sub a']);
      expect(feed.stats.dropped).toBe(0);
    });
  });
});

describe('Topics with a pace of their own', () => {
  it('keep to it, while the outbox goes on', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, { ...options, pace: atMost(2, 10) });

      [...'abcde'].forEach((key) => record(topics(key), undefined, timer(60)));
      at(3, () => feed.messages.next('out'));
      flush();

      expect(sent).toEqual([
        ...['0 sub a', '0 sub b', '3 out', '11 sub c', '11 sub d', '22 sub e'],
        ...['60 unsub a', '60 unsub b'], // the connection closes then
      ]);
    });
  });

  it('begin to count anew on each connection', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o--#', 'o']);
      const sent = record(server.sent, String);
      const topics = multiplex(retriedFeed(server.transport), {
        ...options,
        unsubscribe: undefined,
        pace: atMost(2, 10),
      });

      [...'abc'].forEach((key) => record(topics(key), undefined, timer(60)));
      flush();

      expect(sent).toEqual(['0 sub a', '0 sub b', '5 sub a', '5 sub b', '16 sub c']);
    });
  });

  it('count what asks to stop, and resyncs', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(80));
      const topics = multiplex(feed, { ...options, pace: atMost(1, 10) });

      record(topics('a'), undefined, timer(35));
      at(2, () => topics.resync('a'));
      flush();

      expect(sent).toEqual(['0 sub a', '11 unsub a', '22 sub a', '35 unsub a']);
    });
  });

  it('hold beside the connection’s', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(2, 10), outbox: { capacity: 0 } });
      const topics = multiplex(feed, { ...options, pace: atMost(2, 40) });

      [...'abc'].forEach((key) => record(topics(key), undefined, timer(99)));
      at(12, () => feed.messages.next('out')); // it may go: nothing may that waits
      flush();

      expect(sent).toEqual(['0 sub a', '0 sub b', '12 out', '44 sub c', '99 unsub a', '99 unsub b']);
      expect(feed.stats.dropped).toBe(0);
    });
  });

  it.each(['making', 'encoding', 'sending'])('keep to it where %s a message asks for more', (place) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const others = [...'bcd'];
      const askForMore = (where: string) => {
        const key = where === place ? others.shift() : undefined;
        if (key) record(topics(key), undefined, timer(60));
      };
      const feed = feedOf(server.transport, {
        codec: {
          ...json<Tick>(),
          encode(text) {
            askForMore('encoding');
            return String(text);
          },
        },
      });
      const topics = multiplex(feed, {
        ...{ keyOf: options.keyOf, pace: atMost(1, 10) },
        subscribe(key: string) {
          askForMore('making');
          return `sub ${key}`;
        },
      });
      server.sent.subscribe(() => askForMore('sending'));

      record(topics('a'), undefined, timer(60));
      flush();

      expect(sent).toEqual(['0 sub a', '11 sub b', '22 sub c', '33 sub d']);
    });
  });

  it('have the turn of a message that was not sent', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const unsent: Record<string, unknown> = { a: undefined, b: 1n, c: throwError(() => new Error('no token')) };
      const topics = multiplex(feedOf(server.transport), {
        ...{ keyOf: options.keyOf, pace: atMost(1, 10) },
        subscribe: (key: string) => (key in unsent ? unsent[key] : `sub ${key}`),
      });

      [...'abcde'].forEach((key) => record(topics(key), undefined, timer(60)));
      flush();

      expect(sent).toEqual(['0 sub d', '11 sub e']);
    });
  });

  it('leave no timer behind', () => {
    inVirtualTime(({ cold, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['o']).transport);
      const topics = multiplex(feed, { ...options, pace: atMost(1, 1_000_000) });

      [...'abc'].forEach((key) => record(topics(key), undefined, timer(5)));
      flush();

      expect(asyncScheduler.now()).toBeLessThan(99);
      expect(feed.state.value).toEqual({ status: 'idle' });
    });
  });
});
