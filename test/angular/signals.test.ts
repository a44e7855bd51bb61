// @vitest-environment happy-dom
import { Component, effect, provideZonelessChangeDetection, resource, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { EMPTY, map, NEVER, of, Subject, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { injectWebSocket, resourceStream, WEB_SOCKET_TRANSPORT } from '../../src/angular/index.js';
import type { InjectedWebSocket } from '../../src/angular/index.js';
import { multiplex, ofType, retryWithBackoff, stopOnFatalClose, text } from '../../src/index.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { after, withFeed } from './feed-in-time.js';
import type { Config } from './feed-in-time.js';

beforeEach(() => TestBed.configureTestingModule({ providers: [provideZonelessChangeDetection()] }));
afterEach(() => TestBed.resetTestingModule());

describe('A config that is a function', () => {
  it('has no connection while it returns undefined, and follows a login, a logout and another login', () => {
    const user = signal<string | undefined>(undefined);
    const config = () => (user() === undefined ? undefined : `ws://test/${user()}`);
    const lines: string[] = [];
    withFeed(['-o-a-a', '-o-b-b'], config, (feed, server, time) => {
      const note = () => lines.push(`${feed.state().status} ${feed.latest() ?? '-'}`);
      const { messages, connection, latest, state } = feed;
      time.at(3, note);
      after(time, 5, () => user.set('ada'));
      time.at(12, note);
      after(time, 20, () => user.set(undefined));
      time.at(22, note);
      after(time, 30, () => user.set('bob'));
      time.at(37, note);
      time.at(40, () => {
        expect([feed.messages, feed.connection, feed.latest, feed.state]).toEqual([
          messages,
          connection,
          latest,
          state,
        ]);
        expect(server.connections.map(({ url }) => url)).toEqual(['ws://test/ada', 'ws://test/bob']);
      });
    });

    expect(lines).toEqual(['idle -', 'open a', 'idle -', 'open b']);
  });

  it('closes the connection and opens the next, and topics follow', () => {
    const room = signal('a');
    const received: string[] = [];
    const prices: unknown[] = [];
    withFeed(
      ['o---1---1', 'o---2---2'],
      () => `ws://test/${room()}`,
      (feed, server, time) => {
        const topics = multiplex<string, unknown, string>(feed.connection, {
          keyOf: () => 'BTC',
          subscribe: (key) => ({ key }),
        });
        const price = feed.topic(topics('BTC'));
        feed.messages.subscribe({
          next: (message) => received.push(message),
          complete: () => received.push('|'),
        });
        time.expectObservable(server.closes.pipe(map(({ code }) => code))).toBe('----------c', { c: 1000 });
        time.at(9, () => prices.push(price()));
        after(time, 10, () => room.set('b'));
        time.at(19, () => prices.push(price()));
      },
    );

    expect(received).toEqual(['1', '1', '2', '2', '|']);
    expect(prices).toEqual(['1', '2']);
  });

  it('that is undefined gives up what waits to be sent, which another user would send, and nothing else does', () => {
    const user = signal<string | undefined>(undefined);
    const sent: unknown[] = [];
    const dropped: string[] = [];
    withFeed(
      ['#', '#', 'o', '#'],
      () => (user() === undefined ? undefined : `ws://test/${user()}`),
      (feed, server, time) => {
        server.sent.subscribe((message) => sent.push(message));
        feed.connection.events
          .pipe(ofType('dropped'))
          .subscribe(({ count, reason }) => dropped.push(`${count} ${reason}`));
        feed.messages.next('before the login');
        after(time, 5, () => user.set('ada'));
        time.at(7, () => feed.messages.next('offline'));
        after(time, 10, () => user.set('ada with another token'));
        after(time, 15, () => user.set('ada with a third token'));
        time.at(18, () => expect(sent).toEqual(['before the login', 'offline']));
        after(time, 20, () => user.set('ada with a fourth token'));
        time.at(22, () => feed.messages.next('of ada'));
        after(time, 25, () => user.set(undefined));
        time.at(27, () => expect(dropped).toEqual(['1 closed']));
      },
      retryWithBackoff({ delays: [1000] }),
    );
    expect.assertions(2);
  });

  it('is not another one where it is equal', () => {
    const clock = signal(0);
    const headers = () => Object.assign(Object.create(null) as object, { token: 'a' });
    const config = () => (clock(), { url: new URL('ws://test/x'), protocols: ['a', 'b'], headers: headers() });
    withFeed(['o'], config, (_, server, time) => {
      after(time, 5, () => clock.set(1));
      time.at(9, () => expect(server.connections).toHaveLength(1));
    });
  });

  it.each<[string, (n: number) => Config]>([
    ['another URL', (n) => `ws://test/${n}`],
    ['another subprotocol', (n) => ({ url: 'ws://test', protocols: `v${n}` })],
    ['another header', (n) => ({ url: 'ws://test', headers: { n: `${n}` } })],
    ['another number of subprotocols', (n) => ({ url: 'ws://test', protocols: ['v1', 'v2'].slice(0, n) })],
    ['headers of another name', (n) => ({ url: 'ws://test', headers: { [`n${n}`]: 'a' } })],
    ['another codec', () => ({ url: 'ws://test', codec: text() as never })],
  ])('is another one with %s', (_, configOf) => {
    const n = signal(1);
    withFeed(
      ['o'],
      () => configOf(n()),
      (_feed, server, time) => {
        after(time, 5, () => n.set(2));
        time.at(9, () => expect(server.connections).toHaveLength(2));
      },
    );
  });

  it('that cannot be used is the state `failed`, until another one can be', () => {
    const url = signal<unknown>(5);
    const states: unknown[] = [];
    withFeed(['oa'], url as never, (feed, server, time) => {
      time.at(3, () => states.push(feed.state()));
      after(time, 5, () => url.set('ws://test'));
      time.at(9, () => states.push(feed.state().status, feed.latest(), server.connections.length));
    });

    expect(states).toEqual([
      {
        status: 'failed',
        error: expect.objectContaining({ message: expect.stringContaining('`url`') as unknown }) as unknown,
      },
      'open',
      'a',
      1,
    ]);
  });

  it.each<[string, object, string]>([
    ['a bad option', { connectTimeout: -1 }, '`connectTimeout`'],
    ['a bad outbox', { outbox: { capacity: -1 } }, '`outbox.capacity`'],
    ['a bad codec', { codec: {} }, '`codec.encode`'],
    ['a bad pace', { pace: 5 }, '`pace.meter`'],
  ])('with %s is the state `failed`', (_, option, name) => {
    const config = () => ({ url: 'ws://test', ...option }) as Config;
    withFeed(['o'], config, (feed, server, time) => {
      time.at(3, () => {
        expect(feed.state()).toMatchObject({ status: 'failed', error: { message: expect.stringContaining(name) } });
        expect(server.connections).toEqual([]);
      });
    });
    expect.assertions(2);
  });

  it.each([null, 5, true])('%j is the state `failed`', (config) => {
    withFeed(['o'], (() => config) as never, (feed, _, time) => {
      time.at(3, () =>
        expect(feed.state()).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('`url`') } }),
      );
    });
    expect.assertions(1);
  });

  it('has the provided transport where its own is undefined', () => {
    const config = () => ({ url: 'ws://test', transport: undefined, headers: { a: '1' } });
    withFeed(['o'], config, (_, server, time) => {
      time.at(3, () => expect(server.connections).toMatchObject([{ headers: { a: '1' } }]));
    });
    expect.assertions(1);
  });

  it('that throws is the state `failed`', () => {
    const oops = new Error('oops');
    const config = () => {
      throw oops;
    };
    withFeed(['o'], config, (feed, _, time) => {
      time.at(3, () => expect(feed.state()).toEqual({ status: 'failed', error: oops }));
    });
    expect.hasAssertions();
  });

  it('begins again with another config after a fatal end', () => {
    const token = signal('old');
    withFeed(
      ['o-X', 'o-a'],
      () => `ws://test/${token()}`,
      (feed, _, time) => {
        time.at(5, () => expect(feed.state().status).toBe('failed'));
        after(time, 10, () => token.set('new'));
        time.at(15, () => expect([feed.state().status, feed.latest()]).toEqual(['open', 'a']));
      },
      stopOnFatalClose(),
      retryWithBackoff(),
    );
    expect.assertions(2);
  });
});

describe('reconnect()', () => {
  it('makes a new connection, and begins a run where the last one has failed, was closed or is being closed', () => {
    withFeed(['o---------', 'o-#', 'o-a', 'o-b', 'o-c'], 'ws://test', (feed, server, time) => {
      const opened = () => server.connections.length;
      time.at(5, () => feed.reconnect());
      time.at(6, () => expect(opened()).toBe(2));
      time.at(10, () => expect(feed.state().status).toBe('failed'));
      time.at(11, () => feed.reconnect());
      time.at(15, () => expect([feed.state().status, feed.latest()]).toEqual(['open', 'a']));
      time.at(16, () => void feed.connection.close());
      time.at(20, () => {
        expect(feed.state().status).toBe('closed');
        feed.reconnect();
      });
      time.at(25, () => {
        expect(feed.latest()).toBe('b');
        void feed.connection.close();
        feed.reconnect();
      });
      time.at(30, () => expect([feed.latest(), opened()]).toEqual(['c', 5]));
    });
    expect.assertions(6);
  });
});

describe('countdown()', () => {
  it('counts down by the second while a retry waits', () => {
    const seen: string[] = [];
    withFeed(
      ['#', 'o'],
      'ws://test',
      (feed, _, time) => {
        for (const ms of [0, 499, 501, 1499, 1501, 2600]) time.at(ms, () => seen.push(`${feed.countdown()}`));
      },
      retryWithBackoff({ delays: [2500] }),
    );

    expect(seen).toEqual(['2500', '2500', '2000', '2000', '1000', 'undefined']);
  });
});

describe('latestBy()', () => {
  it('has the latest message of each key, and leaves out those without one', () => {
    withFeed(['oabAxB'], 'ws://test', (feed, _, time) => {
      const latest = feed.latestBy((message) => (message === 'x' ? undefined : message.toLowerCase()));
      expect(latest()).toEqual(new Map());
      time.at(9, () =>
        expect(latest()).toEqual(
          new Map([
            ['a', 'A'],
            ['b', 'B'],
          ]),
        ),
      );
    });
    expect.assertions(2);
  });

  it('is empty with another config', () => {
    const room = signal('a');
    withFeed(
      ['oa', 'ob'],
      () => `ws://test/${room()}`,
      (feed, _, time) => {
        const latest = feed.latestBy((message) => message);
        time.at(4, () => expect([...latest().keys()]).toEqual(['a']));
        after(time, 5, () => room.set('b'));
        time.at(5, () => expect(latest()).toEqual(new Map()));
        time.at(9, () => expect([...latest().keys()]).toEqual(['b']));
      },
    );
    expect.assertions(3);
  });
});

describe('A logout by close(), and another login', () => {
  it('are followed by the table and by topics, though a close completes their streams', () => {
    withFeed(['o-ab', 'o-AB'], 'ws://test', (feed, _, time) => {
      const table = feed.latestBy((message) => message.toLowerCase());
      const topic = feed.topic(feed.messages);
      const seen = () => [feed.latest(), topic(), topic.error(), ...table().values()];
      time.at(4, () => expect(seen()).toEqual(['b', 'b', undefined, 'a', 'b']));
      time.at(5, () => void feed.connection.close());
      time.at(7, () => expect(feed.state().status).toBe('closed'));
      time.at(8, () => feed.reconnect());
      time.at(13, () => expect(seen()).toEqual(['B', 'B', undefined, 'A', 'B']));
    });
    expect.assertions(3);
  });
});

describe('topic()', () => {
  it('has an error in place of throwing, and follows the next run', () => {
    withFeed(['o-a-#', 'o-b'], 'ws://test', (feed, _, time) => {
      const topic = feed.topic(feed.messages);
      time.at(3, () => expect([topic(), topic.error()]).toEqual(['a', undefined]));
      time.at(7, () => expect([topic(), (topic.error() as Error).name]).toEqual(['a', 'ConnectionClosedError']));
      time.at(8, () => feed.reconnect());
      time.at(14, () => expect([topic(), topic.error()]).toEqual(['b', undefined]));
    });
    expect.assertions(3);
  });

  it.each([
    ['fails at once', throwError(() => new Error('refused'))],
    ['completes at once', EMPTY],
    ['never emits', NEVER],
  ])('is undefined for a stream that %s, which is not asked again and again', (_, source) => {
    withFeed(['o--#'], 'ws://test', (feed, _server, time) => {
      const topic = feed.topic<unknown>(source);
      time.at(20, () => {
        expect([topic()]).toEqual([undefined]);
      });
    });
    expect.assertions(1);
  });
});

describe('latestBy() and topic() of a component on the connection of a service', () => {
  let pages = 0;

  /** A component that shows a stream on a connection that is not its own. */
  function componentOn(feed: InjectedWebSocket<string, unknown>, source: Subject<string>) {
    const keys: string[] = [];
    const Page = Component({ selector: `app-page-${++pages}`, template: '' })(
      class {
        readonly topic = feed.topic(source);
        readonly latest = feed.latestBy((message) => (keys.push(message), message));
      },
    );
    return { keys, fixture: TestBed.createComponent(Page) };
  }

  it('end with the component, and begin with the next one', () => {
    const source = new Subject<string>();
    withFeed(['o---a---b---c'], 'ws://test', (feed, _, time) => {
      const first = componentOn(feed, source);
      expect(source.observed).toBe(true);
      time.at(6, () => first.fixture.destroy());
      time.at(7, () => expect([first.keys, source.observed]).toEqual([['a'], false]));
      const keys: string[][] = [];
      time.at(10, () => keys.push(componentOn(feed, source).keys));
      time.at(20, () => expect([first.keys, keys, source.observed]).toEqual([['a'], [['c']], true]));
    });
    expect(source.observed).toBe(false);
    expect.assertions(4);
  });

  it('end with the connection where they are called elsewhere, and do not begin after it', () => {
    const source = new Subject<string>();
    withFeed(['o'], 'ws://test', (feed, server, time) => {
      time.at(1, () => feed.topic(source));
      time.at(2, () => expect(source.observed).toBe(true));
      time.at(3, () => TestBed.resetTestingModule());
      time.at(4, () => {
        expect(source.observed).toBe(false);
        feed.topic(source);
        feed.latestBy((message) => message);
        expect(source.observed).toBe(false);
      });
      time.at(9, () => expect(server.connections).toHaveLength(1));
    });
    expect.assertions(4);
  });

  it('never begin for a component that is destroyed before the first render', () => {
    const source = new Subject<string>();
    inVirtualTime(({ cold, flush }) => {
      const { transport, connections } = scriptedServer(cold, ['o']);
      TestBed.overrideProvider(WEB_SOCKET_TRANSPORT, { useValue: transport });
      const feed = TestBed.runInInjectionContext(() => injectWebSocket<string>('ws://test'));
      componentOn(feed, source).fixture.destroy();
      TestBed.tick();
      flush();

      expect([source.observed, connections.length]).toEqual([false, 1]);
      TestBed.resetTestingModule();
      flush();
    });
  });
});

describe('Signals of a page in the background', () => {
  it('are written by a timer where there are no frames', () => {
    inVirtualTime(({ cold, animate, at, flush }) => {
      animate('-'.repeat(900) + 'x');
      const { transport } = scriptedServer(cold, ['oa']);
      TestBed.overrideProvider(WEB_SOCKET_TRANSPORT, { useValue: transport });
      const feed = TestBed.runInInjectionContext(() => injectWebSocket<string>('ws://test'));
      TestBed.tick();
      at(200, () => expect(feed.latest()).toBeUndefined());
      at(300, () => expect(feed.latest()).toBe('a'));
      at(301, () => {
        TestBed.resetTestingModule();
      });
      flush();
    });
    expect.assertions(2);
  });
});

describe('Two equal messages', () => {
  it('are two', () => {
    let shown = 0;
    withFeed(['oa----a'], 'ws://test', (feed, _, time) => {
      TestBed.runInInjectionContext(() =>
        effect(() => {
          if (feed.latest() === 'a') shown++;
        }),
      );
      for (const ms of [4, 9]) after(time, ms, () => undefined);
    });

    expect(shown).toBe(2);
  });
});

describe('resourceStream', () => {
  const made = <T>(project: Parameters<typeof resourceStream<T>>[0]) =>
    TestBed.runInInjectionContext(() => resource({ stream: resourceStream(project) }));
  const settled = async () => {
    TestBed.tick();
    await new Promise(setImmediate);
    TestBed.tick();
  };

  it('has the values of a stream, and its error', async () => {
    const values = new Subject<number>();
    const prices = made(() => values);
    TestBed.tick();
    values.next(1);
    await settled();
    expect(prices.value()).toBe(1);
    values.next(2);
    expect(prices.value()).toBe(2);

    values.error(new Error('gone'));

    expect(prices.error()?.message).toBe('gone');
  });

  it('is unsubscribed from where it ends its own loading', () => {
    const loading = new AbortController();
    const values = new Subject<number>();
    const load = resourceStream(() => {
      loading.abort();
      return values;
    });

    void load({ params: undefined, previous: { status: 'idle' }, abortSignal: loading.signal });

    expect(values.observed).toBe(false);
  });

  it('has an error where the stream cannot be made', async () => {
    const prices = made((): never => {
      throw new RangeError('no such price');
    });
    await settled();

    expect(prices.error()?.message).toBe('no such price');
  });

  it('has an error for a stream that completes empty, and keeps the last value of another one', async () => {
    const [empty, one] = [made(() => EMPTY), made(() => of(1))];
    await settled();

    expect(empty.error()?.message).toBe('The stream completed without a value.');
    expect(one.value()).toBe(1);
  });

  it('is unsubscribed from when it is loaded again or destroyed', async () => {
    const values = [new Subject<number>(), new Subject<number>()];
    const key = signal(0);
    const prices = TestBed.runInInjectionContext(() =>
      resource({ params: () => ({ key: key() }), stream: resourceStream(({ key }: { key: number }) => values[key]!) }),
    );
    await settled();
    expect(values.map(({ observed }) => observed)).toEqual([true, false]);

    key.set(1);
    await settled();
    expect(values.map(({ observed }) => observed)).toEqual([false, true]);
    prices.destroy();

    expect(values.map(({ observed }) => observed)).toEqual([false, false]);
  });

  it('takes a function', () => {
    expect(() => resourceStream(5 as never)).toThrow('Expected `project` to be a function, got 5.');
  });
});
