// @vitest-environment happy-dom
import { effect, provideZonelessChangeDetection, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { filter, scan, take, timer } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provideWebSocketDefaults } from '../../src/angular/index.js';
import type { InjectedWebSocket } from '../../src/angular/index.js';
import {
  atMost,
  inSequence,
  json,
  multiplex,
  ofType,
  requestResponse,
  retryWithBackoff,
  text,
} from '../../src/index.js';
import type { AttemptContext, Codec } from '../../src/index.js';
import type { ScriptedServer } from '../../src/testing/index.js';
import { after, withFeed, withFeedBeforeEffects } from './feed-in-time.js';

beforeEach(() => TestBed.configureTestingModule({ providers: [provideZonelessChangeDetection()] }));
afterEach(() => TestBed.resetTestingModule());

type Feed = InjectedWebSocket<string, unknown>;

/** Who is logged in, and the config of theirs. */
function session(first?: string) {
  const user = signal(first);
  const config = () => (user() === undefined ? undefined : `ws://test/${user()}`);
  /** The same, with one message a second. */
  const paced = () => {
    const url = config();
    return url === undefined ? undefined : { url, pace: atMost(1, 1000) };
  };
  return { user, config, paced };
}

/** What the server receives, each with the user whose connection it comes on, and what is dropped. */
function ledger(feed: Feed, server: ScriptedServer) {
  const sent: string[] = [];
  const dropped: string[] = [];
  server.log.pipe(filter(({ type }) => type === 'message')).subscribe((entry) => {
    const { url } = server.connections[entry.connection]!;
    sent.push(`${url.replace('ws://test/', '')}: ${String((entry as { message?: unknown }).message)}`);
  });
  feed.connection.events.pipe(ofType('dropped')).subscribe(({ count, reason }) => dropped.push(`${count} ${reason}`));
  return { sent, dropped };
}

/** Everything that was given to a connection is accounted for. */
function expectNothingLost({ connection: { stats } }: Feed, given: number): void {
  expect(stats.sent + stats.dropped + stats.queued).toBe(given);
}

const OFFLINE = retryWithBackoff({ delays: [1000] });

describe('What is sent while nobody is logged in', () => {
  it('is dropped, and the next user sends nothing of it', async () => {
    const { user, config } = session('ada');
    const errors: unknown[] = [];
    withFeed(['o', 'o'], config, (feed, server, time) => {
      const { sent, dropped } = ledger(feed, server);
      time.at(3, () => feed.messages.next('of ada'));
      after(time, 5, () => user.set(undefined));
      time.at(7, () => {
        feed.messages.next('of nobody');
        void feed.connection.send('of nobody').catch((error: unknown) => errors.push(error));
        expect(dropped).toEqual(['1 closed', '1 closed']);
        expect(feed.connection.stats.queued).toBe(0);
      });
      after(time, 10, () => user.set('bob'));
      time.at(15, () => feed.messages.next('of bob'));
      time.at(18, () => {
        expect(sent).toEqual(['ada: of ada', 'bob: of bob']);
        expectNothingLost(feed, 4);
      });
    });
    await Promise.resolve();

    expect(errors).toMatchObject([{ name: 'MessageDroppedError', reason: 'closed' }]);
    expect.assertions(5);
  });

  it('waits where nobody was logged in before: it is of no other user', () => {
    const { user, config } = session();
    withFeed(['o'], config, (feed, server, time) => {
      const { sent, dropped } = ledger(feed, server);
      time.at(1, () => feed.messages.next('early'));
      time.at(2, () => expect(feed.connection.stats.queued).toBe(1));
      after(time, 5, () => user.set('ada'));
      time.at(9, () => expect([sent, dropped]).toEqual([['ada: early'], []]));
    });
    expect.assertions(2);
  });

  it('is encoded by the codec of the defaults where it waits for the first config', () => {
    const { user, config } = session();
    TestBed.configureTestingModule({ providers: [provideWebSocketDefaults({ codec: text() })] });
    withFeed(['o'], config, (feed, server, time) => {
      const sent: unknown[] = [];
      server.sent.subscribe((message) => sent.push(message));
      time.at(1, () => feed.messages.next('{"a":1}'));
      after(time, 5, () => user.set('ada'));
      time.at(9, () => expect(sent).toEqual([{ a: 1 }]));
    });
    expect.assertions(1);
  });

  it('is refused before an effect has run, and ends the connection of the user who was', () => {
    const { user, config } = session('ada');
    withFeed(['o---a', 'o'], config, (feed, server, time) => {
      const { sent, dropped } = ledger(feed, server);
      time.at(2, () => {
        user.set(undefined);
        feed.messages.next('of nobody');
        expect([sent, dropped, feed.connection.link]).toEqual([[], ['1 closed'], undefined]);
      });
      time.at(9, () => expect(feed.latest()).toBeUndefined());
      after(time, 10, () => user.set('bob'));
      time.at(15, () => expect(sent).toEqual([]));
    });
    expect.assertions(3);
  });

  it('makes no effect that sends run again', () => {
    const { user, config } = session('ada');
    const runs: string[] = [];
    withFeed(['o', 'o'], config, (feed, _, time) => {
      TestBed.runInInjectionContext(() =>
        effect(() => {
          runs.push('once');
          feed.messages.next('hello');
        }),
      );
      after(time, 3, () => undefined);
      after(time, 5, () => user.set(undefined));
      after(time, 7, () => user.set('bob'));
    });

    expect(runs).toEqual(['once']);
  });
});

describe('What waits at a logout', () => {
  it('is dropped where the first effect has not run yet', () => {
    const { user, config } = session('ada');
    withFeedBeforeEffects(['o'], config, (feed, server, time) => {
      const { sent, dropped } = ledger(feed, server);
      feed.messages.next('of ada');
      user.set(undefined);
      TestBed.tick();
      expect(dropped).toEqual(['1 closed']);
      after(time, 5, () => user.set('bob'));
      time.at(9, () => expect(sent).toEqual([]));
    });
    expect.assertions(2);
  });

  it('is dropped where the codec logs the user out', () => {
    const { user, config } = session('ada');
    const leaving: Codec<string> = {
      encode: (value) => {
        user.set(undefined);
        TestBed.tick();
        return JSON.stringify(value);
      },
      decode: (data) => JSON.parse(data as string) as string,
    };
    const withCodec = () => {
      const url = config();
      return url === undefined ? undefined : { url, codec: url.endsWith('ada') ? leaving : json<string>() };
    };
    withFeed(
      ['#', 'o'],
      withCodec,
      (feed, server, time) => {
        const { sent, dropped } = ledger(feed, server);
        time.at(3, () => feed.messages.next('of ada'));
        time.at(4, () => expect(dropped).toEqual(['1 closed']));
        after(time, 5, () => user.set('bob'));
        time.at(9, () => {
          expect(sent).toEqual([]);
          expectNothingLost(feed, 1);
        });
      },
      OFFLINE,
    );
    expect.assertions(3);
  });

  it.each(['open', 'close', 'dropped'] as const)('is dropped where a listener of `%s` logs the user out', (type) => {
    const { user, config } = session('ada');
    withFeed(
      ['3ms o 4ms #', '3ms o'],
      config,
      (feed, server, time) => {
        const { sent } = ledger(feed, server);
        const first = feed.connection.lifecycle.pipe(ofType(type), take(1));
        first.subscribe(() => {
          feed.messages.next('before');
          user.set(undefined);
          TestBed.tick();
          feed.messages.next('after');
        });
        first.subscribe(() => feed.messages.next('of another listener'));
        time.at(6, () => feed.messages.next(1n)); // no JSON
        after(time, 20, () => user.set('bob'));
        time.at(30, () => {
          expect(sent.filter((line) => !line.startsWith('ada'))).toEqual([]);
          expect(feed.connection.stats.queued).toBe(0);
          expectNothingLost(feed, 4);
        });
      },
      OFFLINE,
    );
    expect.assertions(3);
  });

  it('is dropped under a pace, in every line', () => {
    const { user, paced } = session('ada');
    withFeed(['o', 'o'], paced, (feed, server, time) => {
      const { sent, dropped } = ledger(feed, server);
      time.at(3, () => {
        for (const text of ['first', 'second', 'third']) feed.messages.next(text);
        feed.connection.link!.send('by the link');
        feed.connection.link!.sendRaw('"raw"');
        expect(feed.connection.stats).toMatchObject({ sent: 1, queued: 4 });
      });
      after(time, 5, () => user.set(undefined));
      time.at(6, () => {
        expect(dropped.sort()).toEqual(['2 closed', '2 closed']);
        expect(feed.connection.stats).toMatchObject({ queued: 0, bufferedAmount: 0, latency: undefined });
      });
      after(time, 10, () => user.set('bob'));
      time.at(5000, () => {
        expect(sent).toEqual(['ada: first']);
        expectNothingLost(feed, 5);
      });
    });
    expect.assertions(5);
  });

  it('is dropped that was sent after a close() of ours', () => {
    const { user, config } = session('ada');
    withFeed(['o', 'o'], config, (feed, server, time) => {
      const { sent, dropped } = ledger(feed, server);
      time.at(3, () => void feed.connection.close());
      time.at(5, () => feed.messages.next('after the close'));
      time.at(6, () => expect([feed.connection.stats.queued, dropped]).toEqual([1, []]));
      after(time, 7, () => user.set(undefined));
      time.at(8, () => expect([feed.connection.stats.queued, dropped]).toEqual([0, ['1 closed']]));
      after(time, 10, () => user.set('bob'));
      time.at(15, () => expect([sent, feed.state().status]).toEqual([[], 'open']));
    });
    expect.assertions(3);
  });
});

describe('A request', () => {
  const requests = (feed: Feed) =>
    requestResponse<unknown, unknown, number>(feed.connection as never, {
      idOf: (message) => (message as { id?: number }).id,
    });

  it('that was sent, that waits, and that is made after the logout fails, and none reaches the next user', () => {
    const { user, config } = session('ada');
    const ends: string[] = [];
    withFeed(
      ['o-#', '#', '5ms o'],
      config,
      (feed, server, time) => {
        const { sent } = ledger(feed, server);
        const request = requests(feed);
        const ask = (id: number, text: string) =>
          request(id, text).subscribe({ error: (error: unknown) => ends.push(`${text} ${(error as Error).name}`) });
        time.at(1, () => ask(1, 'sent'));
        time.at(3, () => ask(2, 'waits'));
        after(time, 5, () => user.set(undefined));
        time.at(7, () => ask(3, 'late'));
        after(time, 10, () => user.set('bob'));
        time.at(30, () => {
          expect(sent).toEqual(['ada: sent']);
          expect(ends).toEqual(['sent ConnectionClosedError', 'waits MessageDroppedError', 'late MessageDroppedError']);
        });
      },
      OFFLINE,
    );
    expect.assertions(2);
  });
});

describe('Another config without a logout between', () => {
  it('gets what waits', () => {
    const { user, config } = session('ada');
    withFeed(
      ['#', 'o'],
      config,
      (feed, server, time) => {
        const { sent, dropped } = ledger(feed, server);
        time.at(3, () => feed.messages.next('waits'));
        after(time, 5, () => user.set('ada again'));
        time.at(9, () => expect([sent, dropped]).toEqual([['ada again: waits'], []]));
      },
      OFFLINE,
    );
    expect.assertions(1);
  });

  it('gets what is sent before an effect has run', () => {
    const { user: room, config } = session('a');
    withFeed(['o', '--o'], config, (feed, server, time) => {
      const { sent } = ledger(feed, server);
      time.at(3, () => {
        room.set('b');
        feed.messages.next('hi');
      });
      after(time, 4, () => undefined);
      time.at(9, () => {
        expect(sent).toEqual(['b: hi']);
        expect(server.connections).toHaveLength(2);
      });
    });
    expect.assertions(2);
  });

  it('has its own codec, though a message was encoded while there was no connection', () => {
    const { user, config } = session('ada');
    const withCodec = () => {
      const url = config();
      return url === undefined ? undefined : { url, ...(url.endsWith('bob') && { codec: text() as never }) };
    };
    const received: unknown[] = [];
    withFeed(
      ['#', 'o-a'],
      withCodec,
      (feed, _, time) => {
        feed.messages.subscribe((message) => received.push(message));
        time.at(3, () => feed.messages.next('waits'));
        after(time, 5, () => user.set('bob'));
        time.at(9, () => expect(received).toEqual(['"a"']));
      },
      OFFLINE,
    );
    expect.assertions(1);
  });

  it.each([
    ['while a retry waits', [OFFLINE]],
    ['after the run has failed', []],
  ])('is told of no error of the one before, %s', (_, supervision) => {
    const { user, config } = session('ada');
    const contexts: unknown[] = [];
    const noting = () => {
      const path = config();
      return path === undefined
        ? undefined
        : {
            url: ({ error, attempt }: AttemptContext) => {
              contexts.push([path, attempt, error?.name]);
              return path;
            },
          };
    };
    withFeed(
      ['#', 'o'],
      noting,
      (_feed, _server, time) => {
        after(time, 5, () => user.set('bob'));
      },
      ...supervision,
    );

    expect(contexts).toEqual([
      ['ws://test/ada', 1, undefined],
      ['ws://test/bob', expect.any(Number), undefined],
    ]);
  });
});

describe('Another config', () => {
  it('that comes in the `close` of a logout gets nothing of what waited', () => {
    const { user, paced } = session('ada');
    withFeed(['o', 'o'], paced, (feed, server, time) => {
      const { sent } = ledger(feed, server);
      time.at(3, () => ['first', 'second'].forEach((text) => feed.messages.next(text)));
      feed.connection.events.pipe(ofType('close'), take(1)).subscribe(() => user.set('bob'));
      after(time, 5, () => user.set(undefined));
      time.at(3000, () => {
        expect([sent, feed.state().status]).toEqual([['ada: first'], 'open']);
        expectNothingLost(feed, 2);
      });
    });
    expect.assertions(2);
  });

  it('that comes while another one is being applied is applied too', () => {
    const { user, config } = session('ada');
    withFeed(['o', '5ms o'], config, (feed, server, time) => {
      feed.connection.events.pipe(ofType('connecting')).subscribe(() => {
        user.set('carol');
        TestBed.tick();
      });
      time.at(5, () => {
        user.set('bob');
        feed.messages.next('of bob');
      });
      time.at(20, () => {
        expect(server.connections.at(-1)!.url).toBe('ws://test/carol');
        expect(feed.state().status).toBe('open');
      });
    });
    expect.assertions(2);
  });

  it('is applied once, though a listener sends several messages during an overlap', () => {
    const { user, config } = session('ada');
    const attempts: number[] = [];
    withFeed(['o----a', 'o-', '9ms o'], config, (feed, server, time) => {
      feed.connection.events.pipe(ofType('connecting')).subscribe(({ attempt }) => attempts.push(attempt));
      time.at(2, () => feed.reconnect({ overlap: 100 }));
      feed.messages.pipe(take(1)).subscribe(() => {
        user.set('bob');
        for (const message of ['1', '2', '3']) feed.messages.next(message);
      });
      after(time, 20, () => undefined);
      time.at(40, () => expect(server.connections.at(-1)!.url).toBe('ws://test/bob'));
    });

    expect(attempts).toEqual([2, 3]);
    expect.assertions(2);
  });

  it('is not taken by a handover: the connection of the one before ends first', () => {
    const { user, config } = session('ada');
    withFeed(['o----a-a-a', '9ms o', '9ms o'], config, (feed, _, time) => {
      time.at(2, () => {
        user.set('bob');
        feed.connection.reconnect({ overlap: 50 });
      });
      after(time, 4, () => undefined);
      time.at(12, () => expect(feed.latest()).toBeUndefined());
      time.at(20, () => expect(feed.state().status).toBe('open'));
    });
    expect.assertions(2);
  });
});

describe('A config that has not changed', () => {
  it('has one connection where somebody subscribes before the first effect', () => {
    const { config } = session('ada');
    withFeedBeforeEffects(['o--a'], config, (feed, server, time) => {
      feed.messages.subscribe();
      after(time, 2, () => undefined);
      time.at(9, () => {
        expect(server.connections).toHaveLength(1);
        expect(feed.latest()).toBe('a');
      });
    });
    expect.assertions(2);
  });

  it('that has changed before the first effect is not connected to', () => {
    const { user, config } = session('ada');
    withFeedBeforeEffects(['o--a'], config, (feed, server, time) => {
      user.set('bob');
      feed.messages.subscribe();
      after(time, 2, () => undefined);
      time.at(9, () => expect(server.connections.map(({ url }) => url)).toEqual(['ws://test/bob']));
    });
    expect.assertions(1);
  });
});

describe('After a logout', () => {
  it('nothing of the connection that an overlap keeps is delivered', () => {
    const { user, config } = session('ada');
    const received: string[] = [];
    withFeed(['o----a-b-c-d-e', 'o--x', 'o-B'], config, (feed, _, time) => {
      const byKey = feed.latestBy((message) => message);
      feed.messages.subscribe((message) => received.push(message));
      time.at(2, () => feed.reconnect({ overlap: 100 }));
      time.at(6, () => expect(received).toEqual(['a']));
      after(time, 8, () => user.set(undefined));
      time.at(10, () => expect([feed.latest(), byKey().size]).toEqual([undefined, 0]));
      after(time, 12, () => user.set('bob'));
      time.at(20, () => expect([...byKey().keys()]).toEqual(['B']));
    });
    expect(received.filter((message) => 'cde'.includes(message))).toEqual([]);
    expect.assertions(4);
  });

  it('no countdown goes on, and the state of the connection is no wait', () => {
    const { user, config } = session('ada');
    withFeed(
      ['#', 'o'],
      config,
      (feed, _, time) => {
        time.at(3, () => expect(feed.countdown()).toBe(1000));
        after(time, 5, () => user.set(undefined));
        time.at(6, () => {
          expect([feed.countdown(), feed.state().status, feed.connection.state.value.status]).toEqual([
            undefined,
            'idle',
            'idle',
          ]);
        });
        after(time, 9, () => user.set('bob'));
        time.at(15, () => expect(feed.connection.state.value.status).toBe('open'));
      },
      OFFLINE,
    );
    expect.assertions(3);
  });

  it('reconnect() connects nothing, with the run and without', () => {
    const { user, config } = session('ada');
    withFeed(['o', 'o'], config, (feed, server, time) => {
      after(time, 5, () => user.set(undefined));
      time.at(7, () => feed.reconnect());
      time.at(8, () => feed.connection.reconnect());
      time.at(9, () => void feed.connection.close());
      time.at(12, () => feed.reconnect());
      time.at(14, () => expect([server.connections.length, feed.state().status]).toEqual([1, 'idle']));
      after(time, 15, () => user.set('bob'));
      time.at(19, () => expect([server.connections.length, feed.state().status]).toEqual([2, 'open']));
    });
    expect.assertions(2);
  });

  it('close() ends the run, and another config begins the next', () => {
    const { user, config } = session('ada');
    const ends: string[] = [];
    withFeed(['o', 'o-b'], config, (feed, _, time) => {
      feed.messages.subscribe({ complete: () => ends.push('complete') });
      after(time, 5, () => user.set(undefined));
      time.at(7, () => void feed.connection.close());
      time.at(8, () => expect(ends).toEqual(['complete']));
      after(time, 9, () => user.set('bob'));
      time.at(15, () => expect([feed.state().status, feed.latest()]).toEqual(['open', 'b']));
    });
    expect.assertions(2);
  });
});

describe('A logout while a close() is under way', () => {
  const closing = (ms: number) => ({ pace: atMost(1, ms), closeTimeout: 100 });

  it('shows nothing that arrives until that has ended, and the next user sees their own', () => {
    const { user, config } = session('ada');
    const slow = () => {
      const url = config();
      return url === undefined ? undefined : { url, ...closing(20) };
    };
    withFeed(['o-----a----b-----', 'o-B'], slow, (feed, server, time) => {
      const byKey = feed.latestBy((message) => message);
      const topic = feed.topic(feed.messages);
      const seen = () => [feed.latest(), topic(), ...byKey().keys()];
      time.at(2, () => ['1', '2'].forEach((text) => feed.messages.next(text)));
      time.at(3, () => void feed.connection.close());
      after(time, 4, () => user.set(undefined));
      time.at(8, () =>
        expect([feed.connection.state.value.status, ...seen()]).toEqual(['closing', undefined, undefined]),
      );
      after(time, 10, () => user.set('bob'));
      time.at(15, () => expect(seen()).toEqual([undefined, undefined]));
      time.at(80, () => {
        expect(seen()).toEqual(['B', 'B', 'B']);
        expect(server.connections.map(({ url }) => url)).toEqual(['ws://test/ada', 'ws://test/bob']);
      });
    });
    expect.assertions(4);
  });
});

describe('A topic of another user', () => {
  it('begins anew: what its operators keep is of the user before', () => {
    const { user, config } = session('ada');
    withFeed(['o-a-b', 'o-c', 'o-d'], config, (feed, _, time) => {
      const lines = feed.topic(feed.messages.pipe(scan((all: string[], message) => [...all, message], [])));
      time.at(6, () => expect(lines()).toEqual(['a', 'b']));
      after(time, 7, () => user.set(undefined));
      time.at(8, () => expect(lines()).toBeUndefined());
      after(time, 9, () => user.set('bob'));
      time.at(15, () => expect(lines()).toEqual(['c']));
      after(time, 20, () => user.set('eve'));
      time.at(25, () => expect(lines()).toEqual(['d']));
    });
    expect.assertions(4);
  });

  it('has no error of the user before', () => {
    const { user, config } = session('ada');
    withFeed(['o-a', 'o'], config, (feed, _, time) => {
      const failing = feed.topic(
        feed.messages.pipe(
          scan(() => {
            throw new Error('not for ada');
          }, 0),
        ),
      );
      time.at(5, () => expect((failing.error() as Error).message).toBe('not for ada'));
      after(time, 7, () => user.set(undefined));
      time.at(8, () => expect(failing.error()).toBeUndefined());
    });
    expect.assertions(2);
  });

  it('has a sequence of its own', () => {
    const { user, config } = session('ada');
    withFeed(['o-7-8', 'o-1-2'], config, (feed, _, time) => {
      const topics = multiplex<string, unknown, string>(feed.connection, { keyOf: () => 'BTC' });
      const numbers = feed.topic(topics('BTC').pipe(inSequence(Number)));
      time.at(6, () => expect(numbers()).toBe('8'));
      after(time, 7, () => user.set('bob'));
      time.at(15, () => expect(numbers()).toBe('2'));
    });
    expect.assertions(2);
  });

  it('is asked for again, and no answer that the user before had waited for is taken for one of it', () => {
    const { user, config } = session('ada');
    const ends: string[] = [];
    withFeed(['o', 'o--e--p'], config, (feed, server, time) => {
      const { sent } = ledger(feed, server);
      const topics = multiplex<string, unknown, string>(feed.connection, {
        keyOf: (message) => (message === 'p' ? 'BTC' : undefined),
        subscribe: (key, id) => `${key} ${id}`,
        unsubscribe: (key) => `not ${key}`,
        answerOf: (message) => (message === 'e' ? { error: 'no such topic' } : undefined),
      });
      const left = topics('ETH').subscribe();
      topics('BTC').subscribe({ next: (price) => ends.push(price), error: () => ends.push('refused') });
      time.at(3, () => left.unsubscribe());
      after(time, 5, () => user.set(undefined));
      after(time, 7, () => user.set('bob'));
      time.at(20, () => {
        expect(sent).toEqual(['ada: ETH 1', 'ada: BTC 2', 'ada: not ETH', 'bob: BTC 3']);
        expect(ends).toEqual(['refused']);
      });
    });
    expect.assertions(2);
  });

  it('is not asked for with what was still being made for the user before', () => {
    const { user, config } = session('ada');
    withFeed(['o', 'o'], config, (feed, server, time) => {
      const { sent } = ledger(feed, server);
      const topics = multiplex<string, unknown, string>(feed.connection, {
        keyOf: () => undefined,
        subscribe: (key) => timer(10).pipe(scan((word: string) => word, `${key} for ${user() ?? 'nobody'}`)),
      });
      topics('BTC').subscribe();
      after(time, 5, () => user.set(undefined));
      after(time, 7, () => user.set('bob'));
      time.at(50, () => expect(sent.map((line) => line.split(':')[0])).toEqual(['bob']));
    });
    expect.assertions(1);
  });
});
