import { catchError, concat, defer, EMPTY, finalize, map, NEVER, retry, Subject, take, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, multiplex, observeWebSocket } from '../../src/index.node.js';
import type { MultiplexOptions, Pace } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';
import { answer, answerOptions } from './answering.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

const options: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => `sub ${key}`,
  unsubscribe: (key) => `unsub ${key}`,
};
const short = ({ n }: Tick) => String(n);
const slow = (text: string, delay = 4) => timer(delay).pipe(map(() => text));

describe('What tears down the message that asks for a topic', () => {
  it.each<[string, string, string, Partial<MultiplexOptions<Tick, unknown, string>>, string[], Pace?]>([
    ['that very topic', 'a', 'a', {}, ['3 x', '12 sub a', '30 unsub a']],
    ['that very topic under a pace', 'a', 'a', {}, ['3 x', '22 sub a', '33 unsub a'], atMost(1, 10)],
    [
      'another one of it',
      'ab',
      'b',
      {
        ...{ subscribe: undefined, subscribeMany: (keys) => `sub ${keys.join('')}` },
        ...{ unsubscribe: undefined, unsubscribeMany: (keys) => `unsub ${keys.join('')}` },
      },
      ['3 x', '12 sub b', '30 unsub b'],
    ],
  ])('may subscribe to %s, which is asked for then', (_, left, again, some, expected, pace) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { ...(pace && { pace }) });
      record(feed.lifecycle, undefined, timer(40));
      let torn = 0;
      const asking = { ...options, ...some };
      const tearable = (text: unknown) =>
        slow(text as string, 8).pipe(
          finalize(() => {
            if (++torn === 1) record(topics(again), undefined, timer(26));
          }),
        );
      const topics = multiplex(feed, {
        ...asking,
        subscribe: asking.subscribe && ((key: string, id) => tearable(asking.subscribe!(key, id))),
        subscribeMany:
          asking.subscribeMany && ((keys: readonly string[], id) => tearable(asking.subscribeMany!(keys, id))),
      });

      at(3, () => feed.messages.next('x'));
      for (const key of left) record(topics(key), undefined, timer(4));
      flush();

      expect(sent).toEqual(expected);
    });
  });

  it('may ask for another one anew as the connection ends, which is asked for on the next one alone', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-#', 'o']);
      const sent = record(server.sent, String);
      const torn: string[] = [];
      const resync = () => {
        topics.resync('a');
        torn.push('torn down');
      };
      const topics = multiplex(retriedFeed(server.transport), {
        ...options,
        subscribe: (key) => (key === 'a' ? 'sub a' : NEVER.pipe(finalize(resync))),
      });

      for (const key of 'ab') record(topics(key), undefined, timer(9));
      record(topics('a'), undefined, timer(1));
      flush();

      expect(sent).toEqual(['0 sub a', '4 sub a', '9 unsub a']);
      expect(torn).toEqual(['torn down', 'torn down']);
    });
  });
});

describe('What makes the message that asks for a topic', () => {
  it('may subscribe to another one, whose message takes its time too', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      record(feed.lifecycle, undefined, timer(20));
      const topics = multiplex(feed, {
        ...options,
        subscribe: (key) =>
          defer(() => {
            if (key === 'a') record(topics('b'), undefined, timer(9));
            return slow(`sub ${key}`);
          }),
      });
      const logs: string[][] = [];

      at(2, () => logs.push(record(topics('a'), undefined, timer(9))));
      flush();

      expect(logs).toEqual([[]]);
      expect(sent.sort()).toEqual(['11 unsub a', '11 unsub b', '6 sub a', '6 sub b']);
    });
  });

  it('may end the connection, which puts no mark before what comes', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o', 'o']);
      const feed = retriedFeed(transport);
      let made = 0;
      const topics = multiplex(feed, {
        ...options,
        subscribe(key) {
          if (++made === 1) feed.link!.terminate(new Error('enough'));
          return `sub ${key}`;
        },
        mark: (key) => ({ key, n: made }),
      });
      const logs: string[][] = [];

      record(feed.lifecycle, undefined, timer(20));
      at(2, () => logs.push(record(topics('a'), short, timer(9))));
      flush();

      expect(logs).toEqual([['4 2']]);
    });
  });

  it('may refuse to, which puts no mark before what comes when that is asked for anew', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const marks: string[] = [];
      const topics = multiplex(feedOf(server.transport), {
        ...options,
        subscribe(key) {
          if (key === 'a') throw new RangeError('no');
          return `sub ${key}`;
        },
        mark(key) {
          marks.push(key);
          return { key };
        },
      });

      const log = record(topics('a'));
      record(topics('b'), undefined, timer(9));
      at(3, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['0 # RangeError']);
      expect(sent).toEqual(['0 sub b', '9 unsub b']);
      expect(marks).toEqual(['b']);
    });
  });
});

describe('What asks to stop', () => {
  it('may have the server end the topic, subscribe to it anew, and throw', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets();
      const feed = feedOf(transport);
      const events = record(feed.lifecycle, brief, timer(9));
      const logs: string[][] = [];
      const topics = multiplex(feed, {
        ...answerOptions,
        unsubscribe(key) {
          if (key === 'b' || logs.length) return undefined;
          transport.socket.say(answer({ key: 'a', done: true }));
          logs.push(record(topics('a'), short, timer(4)));
          throw new RangeError('no');
        },
      });
      transport.socket.open();

      record(topics('a'), undefined, timer(3));
      record(topics('b'), undefined, timer(6));
      at(5, () => transport.socket.say({ key: 'a', n: 1 }));
      at(8, () => feed.messages.next('alive'));
      flush();

      expect(logs).toEqual([['5 1']]);

      expect(events.slice(2)).toEqual(['3 dropped 1 unserializable']);
      expect(transport.socket.calls).toContain('send "alive"');
    });
  });
});

describe('The readers of a topic', () => {
  const noStop = { ...options, unsubscribe: undefined };

  it('all receive a message, also where one of them asks anew with it, and ends the connection with the mark', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a'], { a: { key: 'a', n: 1 } });
      const feed = feedOf(transport);
      const topics = multiplex(feed, { ...noStop, mark: (key) => ({ key, n: 0 }) });
      let marks = 0;

      topics('a').subscribe({
        next({ n }) {
          if (n === 1) topics.resync('a');
          else if (++marks === 2) feed.link!.terminate(new RangeError('enough'));
        },
        error: () => undefined,
      });
      const log = record(topics('a'), short);
      flush();

      expect(log).toEqual(['0 0', '2 0', '2 1', '2 # RangeError']);
    });
  });

  it('end as the connection does, where making a mark has ended that and throws', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a'], { a: { key: 'a', n: 1 } });
      const feed = feedOf(transport);
      let marks = 0;
      const topics = multiplex(feed, {
        ...noStop,
        mark(key) {
          if (++marks === 1) return { key, n: 0 };
          feed.link!.terminate(new RangeError('enough'));
          throw new SyntaxError('no mark');
        },
      });

      const resync = ({ n }: Tick) => {
        if (n === 1) topics.resync('a');
        return String(n);
      };
      const logs = [record(topics('a'), resync), record(topics('a'), short)];
      flush();

      expect(logs.map((log) => log.at(-1))).toEqual(['2 # RangeError', '2 # RangeError']);
    });
  });

  it('share one subscription at the server, also where one comes as the first one connects', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed: Feed = observeWebSocket<Tick, unknown>({
        url() {
          record(topics('b'), undefined, timer(9));
          return 'ws://test';
        },
        transport: server.transport,
      });
      const topics = multiplex(feed, options);

      record(topics('a'), undefined, timer(9));
      at(2, () => record(topics('a'), undefined, timer(7)));
      flush();

      expect(sent.sort()).toEqual(['0 sub a', '0 sub b', '9 unsub a', '9 unsub b']);
    });
  });

  it('hear each message once, where the first one comes while an answer is still to come', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-------b'], { b: { key: 'b', n: 1 } });
      const feed = feedOf(transport);
      record(feed.lifecycle, undefined, timer(30));
      const topics = multiplex(feed, answerOptions);
      const logs: string[][] = [];

      record(topics('a'), undefined, timer(2));
      at(5, () => logs.push(record(topics('b'), short, timer(9))));
      flush();

      expect(logs).toEqual([['8 1']]);
    });
  });
});

describe('A topic that is subscribed to as another one hears that the connection has opened', () => {
  it('has its answers', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-e'], { e: answer({ error: 'no' }) });
      const feed = feedOf(transport);
      const topics = multiplex(feed, answerOptions);
      const opens = multiplex(feed, { keyOf: options.keyOf, mark: (key: string) => ({ key, n: 0 }) });
      const logs: string[][] = [];

      opens('open')
        .pipe(take(1))
        .subscribe(() => logs.push(record(topics('a'), short)));
      flush();

      expect(logs).toEqual([['2 # SubscriptionError']]);
    });
  });
});

describe('A stand-in of a connection', () => {
  it('whose messages end as its events are subscribed to is left alone', () => {
    const messages = new Subject<Tick>();
    const events = new Subject<never>();
    const lifecycle = concat(
      defer(() => {
        messages.complete();
        return EMPTY;
      }),
      events,
    );
    const topics = multiplex({ messages, lifecycle, state: { value: {} } } as unknown as Feed, options);
    const log: string[] = [];

    topics('a').subscribe({ complete: () => log.push('|') });

    expect(log).toEqual(['|']);
    expect(events.observed).toBe(false);
  });
});

describe('A reader that comes back at once where `subscribe` has failed', () => {
  it.each<[string, number, Partial<MultiplexOptions<Tick, unknown, string>>, Pace?]>([
    ['throws', 1, {}],
    ['throws twice', 2, {}],
    ['throws, under a pace', 1, {}, atMost(1, 10)],
    ['throws, under a pace of its own', 1, { pace: atMost(2, 10) }],
    ['errors at once', 1, { subscribe: () => throwError(() => new SyntaxError('no token')) }],
  ])('is asked for, where it %s', (_, failures, { subscribe: failing, pace }, ofFeed) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o---#', '-o---a'], { a: { key: 'a', n: 1 } });
      const sent = record(server.sent, String);
      const feed = retriedFeed(server.transport, { ...(ofFeed && { pace: ofFeed }) });
      let made = 0;
      const topics = multiplex(feed, {
        ...options,
        ...(pace && { pace }),
        subscribe(key, id) {
          made++;
          if (made === 1 || made > failures + 1) return `sub ${key} ${made}`;
          if (failing) return failing(key, id);
          throw new SyntaxError('no token');
        },
      });

      const log = record(topics('a').pipe(retry(3)), short, timer(20));
      flush();

      expect(sent.slice(0, 2)).toEqual(['1 sub a 1', `8 sub a ${failures + 2}`]);
      expect(log).toEqual(['12 1']);
    });
  });

  it('and so is the key that another one comes for', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o---b'], { b: { key: 'b', n: 1 } });
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      record(feed.lifecycle, undefined, timer(20));
      const topics = multiplex(feed, {
        ...options,
        subscribe(key) {
          if (key === 'a') throw new SyntaxError('no token');
          return `sub ${key}`;
        },
      });

      const log = record(topics('a').pipe(catchError(() => topics('b'))), short, timer(10));
      flush();

      expect(sent).toEqual(['1 sub b', '10 unsub b']);
      expect(log).toEqual(['5 1']);
    });
  });
});
