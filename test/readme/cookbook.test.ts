import { createServer } from 'node:http';
import * as rxjs from 'rxjs';
import { BehaviorSubject, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConfig } from '../../src/index.node.js';
import { coldOn, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';
import { blockOf, observeBy, runBlock } from './run-block.js';

const recipe = (part: string) => blockOf('docs/cookbook.md', part);

describe('A recipe of the cookbook', () => {
  it('closes after some messages', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, [`o${'a'.repeat(150)}`]);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
      const messages: unknown[] = [];
      const closes = record(server.closes);

      void runBlock(recipe('take(100)'), { globals: { feed, handleMessage: (m: unknown) => messages.push(m) } });
      flush();

      expect(messages).toHaveLength(100);
      expect(closes).toEqual(['100 {"code":1000,"reason":""}']);
    });
  });

  describe('waits until it is connected', () => {
    const run = async (script: string) => {
      const { transport } = scriptedServer(coldOn(), [script]);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport });
      await runBlock(recipe("status === 'failed'"), { globals: { feed, handleError: () => undefined } });
      return feed;
    };

    it('and goes on then', async () => {
      const feed = await run('5ms o');

      expect(feed.state.value.status).toBe('open');
      await feed.close();
    });

    it('and fails where the feed does', async () => {
      await expect(run('5ms #')).rejects.toThrow('The feed has failed.');
    });
  });

  it('asks once, and closes', async () => {
    const server = scriptedServer(coldOn(), ['o'], {}, { reply: ({ id }: { id: number }) => ({ id, price: 7 }) });
    const closed = rxjs.firstValueFrom(server.closes);

    const { price } = await runBlock(recipe('price } = await'), {
      globals: { observeWebSocket: observeBy(server.transport) },
      returned: ['price'],
    });

    expect(price).toBe(7);
    expect(await closed).toEqual({ code: 1000, reason: '' });
  });

  it('raises an alarm after three failures in a row, and calls it off', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const down = ['#', '#', '#', '#'];
      const server = scriptedServer(cold, [
        'o 9ms #',
        '#',
        '-o 9999ms #',
        ...down,
        '-o 9999ms #',
        ...down.slice(2),
        '-o',
      ]);
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [100, 100, 100, 100, 100] }),
      );
      const alarms: string[] = [];
      const console = { warn: (text: string) => alarms.push(`${rxjs.asyncScheduler.now()} ${text}`) };

      void runBlock(recipe('isDown'), { globals: { feed, console } });
      feed.lifecycle.subscribe();
      at(30_000, () => void feed.close());
      flush();

      expect(alarms).toEqual([
        '10411 the feed is down', // the first time it came back after two failures
        '15712 the feed is back',
        '20912 the feed is down',
        '26013 the feed is back',
      ]);
    });
  });

  it('writes an audit log to something slow, in order, and the connection does not wait', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['o#', 'o#', 'o#', 'o']);
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [1, 1, 1] }),
      );
      const log: string[] = [];
      const audit = ({ type }: LifecycleEvent) =>
        timer(60).pipe(rxjs.tap(() => log.push(`${rxjs.asyncScheduler.now()} ${type}`)));

      void runBlock(recipe('audit(event)'), { globals: { feed, audit, handleError: expect.fail } });
      feed.lifecycle.subscribe();
      at(10, () => expect(feed.state.value).toMatchObject({ status: 'open', attempt: 4 }));
      at(1000, () => void feed.close());
      flush();

      const types = ['open', 'close', 'reconnecting'];
      const expected = [...types, ...types, ...types, 'open'].map((type, index) => `${60 * (index + 1)} ${type}`);
      expect(log).toEqual([...expected, '1060 close']);
    });
  });

  it('shares the book, not its changes', async () => {
    const changes = new Subject<{ type: string; changes: readonly string[] }>();
    const applyChanges = (levels: Map<string, true>, names: readonly string[]) => {
      for (const name of names) levels.set(name, true);
      return levels;
    };
    const { book } = (await runBlock(recipe('const book ='), {
      globals: { topics: () => changes, applyChanges },
      returned: ['book'],
    })) as { book: rxjs.Observable<Map<string, true>> };
    const seen = { first: [] as string[], second: [] as string[], third: [] as string[] };
    const read = (name: keyof typeof seen) => book.subscribe((levels) => seen[name].push([...levels.keys()].join('')));

    const first = read('first');
    changes.next({ type: 'snapshot', changes: ['a'] });
    changes.next({ type: 'change', changes: ['b'] });
    const second = read('second');
    changes.next({ type: 'snapshot', changes: ['c'] });
    first.unsubscribe();
    second.unsubscribe();
    expect(changes.observed).toBe(false);
    read('third');

    expect(seen).toEqual({ first: ['a', 'ab', 'c'], second: ['ab', 'c'], third: [] });
  });

  it('shows many prices, ten times a second', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const messages = cold('abab 196ms a', { a: { symbol: 'A' }, b: { symbol: 'B' } });
      const shown: string[] = [];

      void runBlock(recipe('auditTime(100)'), {
        globals: { feed: { messages }, show: (text: string) => shown.push(`${rxjs.asyncScheduler.now()} ${text}`) },
      });
      at(1000, () => undefined);
      flush();

      expect(shown).toEqual(['100 2 prices', '300 2 prices']);
    });
  });

  it('keeps only the newest while offline', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['9ms o']);
      const sent = record(server.sent);
      void runBlock(recipe('capacity: 1'), {
        globals: {
          observeWebSocket: (...args: Parameters<ReturnType<typeof observeBy>>) => {
            const feed = observeBy(server.transport)(...args);
            for (const value of [1, 2, 3]) feed.messages.next(value);
            feed.messages.subscribe();
            at(20, () => void feed.close());
          },
        },
      });
      flush();

      expect(sent).toEqual(['9 3']);
    });
  });

  it('sends on this connection, or not at all', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['9ms o']);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
      const sent = record(server.sent);
      const send = () => void runBlock(recipe('feed.link?.send'), { globals: { feed } });
      feed.messages.subscribe();

      for (const time of [0, 5, 12]) at(time, send);
      at(20, () => void feed.close());
      flush();

      expect(sent).toEqual(['12 {"op":"typing","channel":"chat"}']);
    });
  });

  it('sends again what was not acknowledged', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const reply = ({ id }: { id: number }, connection: number) =>
        connection === 0 && id === 2 ? undefined : { acknowledged: id };
      const server = scriptedServer(cold, ['o 19ms #', 'o'], {}, { reply });
      const sent = record(server.sent);
      let pending = new Map<number, unknown>();
      let place: (order: { id: number }) => void = () => {};
      // The block runs at once, up to its end.
      const connect = (...args: Parameters<ReturnType<typeof observeBy>>) => {
        const orders = observeBy(server.transport)(args[0], args[1]!, retryWithBackoff({ delays: [10] }));
        at(60, () => void orders.close());
        return orders;
      };
      const code = `${recipe('const pending')}\nexpose({ pending, place });`;
      const expose = (found: { pending: typeof pending; place: typeof place }) => ({ pending, place } = found);
      void runBlock(code, { globals: { observeWebSocket: connect, expose, handleError: expect.fail } });

      place({ id: 1 }); // nobody is connected yet
      at(5, () => place({ id: 2 }));
      at(50, () => expect([...pending.keys()]).toEqual([]));
      flush();

      expect(sent).toEqual(['0 {"id":1}', '5 {"id":2}', '30 {"id":2}']);
    });
  });

  it('connects anew when a setting changes', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['o']);
      const language = new BehaviorSubject('en');
      const code = `${recipe('language.pipe')}\nexpose(feed);`;
      const expose = (feed: { messages: rxjs.Observable<unknown>; close: () => Promise<void> }) => {
        at(5, () => language.next('de')); // without a run nothing happens
        at(10, () => feed.messages.subscribe());
        at(20, () => language.next('fr'));
        at(30, () => void feed.close());
      };
      void runBlock(code, { globals: { observeWebSocket: observeBy(server.transport), language, expose } });
      flush();

      expect(server.connections.map(({ url }) => new URL(url).search)).toEqual(['?language=de', '?language=fr']);
    });
  });

  it('disconnects while the page is hidden', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
      const document = Object.assign(new EventTarget(), { hidden: true });
      const show = (isShown: boolean) => {
        document.hidden = !isShown;
        document.dispatchEvent(new Event('visibilitychange'));
      };
      const log = record(server.log, ({ type }) => type);

      void runBlock(recipe('isHidden ='), { globals: { feed, document, handleError: expect.fail } });
      at(10, () => show(true));
      at(20, () => show(false));
      at(30, () => show(true));
      at(40, () => void feed.close());
      flush();

      expect(log).toEqual(['10 connect', '20 close', '30 connect', '40 close']);
    });
  });

  it('says in a health check whether it works', async () => {
    const { transport } = scriptedServer(coldOn(), ['o']);
    const feed = observeWebSocket<unknown>({ url: 'ws://test', transport });
    let handler: Parameters<typeof createServer>[1];
    const http = {
      createServer: (found: typeof handler) => {
        handler = found;
        return { listen: () => undefined };
      },
    };
    await runBlock(recipe('createServer('), { globals: { feed }, modules: { 'node:http': http } });
    const ask = () => {
      const answer: unknown[] = [];
      const response = {
        writeHead: (code: number) => (answer.push(code), response),
        end: (text: string) => answer.push(text),
      };
      handler!({} as never, response as never);
      return answer;
    };

    const before = ask();
    await rxjs.firstValueFrom(feed.lifecycle.pipe(rxjs.filter(({ type }) => type === 'open'), rxjs.tap(() => before.push(...ask())))); // prettier-ignore

    expect(before).toEqual([503, 'idle', 200, 'open']);
  });

  it('logs only what somebody must look at', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['o 9ms #', 'o']);
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [10] }),
      );
      const lines: string[] = [];
      const write = (level: string) => (_: object, text: string) => lines.push(`${level} ${text}`);
      const console = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };

      void runBlock(recipe('heartbeat: false'), { globals: { feed, console } });
      feed.messages.subscribe();
      at(100, () => void feed.close());
      flush();

      expect(lines).toEqual(['warn WebSocket reconnecting']);
    });
  });
});

describe('A recipe that the cookbook lists', () => {
  it('uses another host while the first one is down, and the first one again after a healthy connection', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['#', '#', 'o 31s #', '#', 'o']);
      const connect = (config: WebSocketConfig, ...supervision: Supervision[]) => {
        const feed = observeBy(server.transport)(
          config,
          supervision[0]!,
          retryWithBackoff({ delays: Array<number>(9).fill(100) }),
        );
        feed.messages.subscribe();
        at(60_000, () => void feed.close());
      };
      void runBlock(blockOf('docs/exchange.md', 'const hosts'), { globals: { observeWebSocket: connect } });
      flush();

      expect(server.connections.map(({ url }) => new URL(url).host)).toEqual([
        'one.feed.example',
        'two.feed.example',
        'one.feed.example',
        'one.feed.example', // it was healthy
        'two.feed.example',
      ]);
    });
  });

  it('sends a token in a subprotocol, a fresh one for every attempt', async () => {
    const server = scriptedServer(coldOn(), ['#', 'o']);
    let last = 0;
    let feed: ReturnType<ReturnType<typeof observeBy>>;
    await runBlock(blockOf('docs/exchange.md', '`token.${'), {
      globals: {
        freshToken: () => Promise.resolve(`t${++last}`),
        observeWebSocket: (config: WebSocketConfig) =>
          (feed = observeBy(server.transport)(config, retryWithBackoff({ delays: [1] }))),
      },
    });

    const isOpen = feed!.lifecycle.pipe(rxjs.filter(({ type }) => type === 'open'));
    await rxjs.firstValueFrom(isOpen);

    expect(server.connections.map(({ protocols }) => protocols)).toEqual([
      ['books.v1', 'token.t1'],
      ['books.v1', 'token.t2'],
    ]);
  });

  it('calls back: open, every close, messages and the error', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['oa#', '#']);
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [10] }),
      );
      const calls: string[] = [];
      const handlers = Object.fromEntries(
        ['Open', 'Close', 'Message', 'Error'].map((name) => [`handle${name}`, () => calls.push(name)]),
      );

      void runBlock(blockOf('docs/lifecycle.md', 'handleOpen'), { globals: { feed, ...handlers } });
      flush();

      expect(calls).toEqual(['Open', 'Message', 'Close', 'Close', 'Error']);
    });
  });

  it('retries when a button is pressed, and a button that is pressed all the time makes no hot loop', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, ['#']);
      const button = new EventTarget();
      const page = { document: { querySelector: () => button }, window: new EventTarget(), visible: () => rxjs.NEVER };
      let made: Supervision | undefined;
      const retrying = (options: Parameters<typeof retryWithBackoff>[0]) =>
        (made = retryWithBackoff({ ...options, jitter: 'none', initialDelay: 30_000 }));
      void runBlock(blockOf('docs/reconnect.md', "fromEvent(button, 'click')"), {
        globals: { ...page, retryWithBackoff: retrying },
        modules: { rxwire: page },
      });
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport }, made!);
      feed.messages.subscribe();

      for (let time = 1; time < 5000; time += 50) at(time, () => button.dispatchEvent(new Event('click')));
      at(5000, () => void feed.close());
      flush();

      expect(server.connections).toHaveLength(5); // one a second
    });
  });
});
