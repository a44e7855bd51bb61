import { asyncScheduler, catchError, EMPTY, Observable, Subject, take, takeUntil, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  atMost,
  HeartbeatTimeoutError,
  observeWebSocket,
  ofType,
  onOpen,
  requestResponse,
} from '../../src/index.node.js';
import type { Link, RequestResponseOptions, Supervision } from '../../src/index.node.js';
import { scriptedServer, silence } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';
import { VirtualServer } from './virtual-server.js';

const byId: RequestResponseOptions<Tick, unknown> = { idOf: ({ id }) => id };
const short = ({ n }: Tick) => String(n);

describe('A response of many messages', () => {
  const many = { ...byId, isLast: ({ last }: Tick) => last === true };
  const values = { a: { id: 1, n: 1 }, b: { id: 1, n: 2 }, z: { id: 1, n: 9, last: true }, e: { id: 1, error: 'no' } };

  it('is complete with the one that is the last', () => {
    inVirtualTime(({ cold, flush }) => {
      const request = requestResponse(feedOf(scriptedServer(cold, ['o-ab-z-a'], values).transport), many);

      const log = record(request(1, 'ask'), short);
      flush();

      expect(log).toEqual(['2 1', '3 2', '5 9', '5 |']);
    });
  });

  it('is waited for from each message to the next, and for the first one from the subscription', () => {
    inVirtualTime(({ cold, flush }) => {
      const scripts = ['--o--a---b-----z'];
      const request = requestResponse(feedOf(scriptedServer(cold, scripts, values).transport), { ...many, timeout: 5 });

      const log = record(request(1, 'ask'), short);
      flush();

      expect(log).toEqual(['5 1', '9 2', '14 # RequestTimeoutError']);
    });
  });

  it('ends with the error that a message stands for', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-e-b'], values);
      const errors: unknown[] = [];
      const request = requestResponse(feedOf(transport), { ...many, errorOf: ({ error }) => error });

      const log: string[] = [];
      request(1, 'ask').subscribe({
        next: (tick) => log.push(short(tick)),
        error: (error: unknown) => errors.push(error),
      });
      flush();

      expect(log).toEqual(['1']);
      expect(errors).toEqual(['no']);
    });
  });

  it.each([null, false, 0, ''])('takes %o for an error too', (error) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a'], values);
      const errors: unknown[] = [];
      const request = requestResponse(feedOf(transport), { ...byId, errorOf: () => error });

      request(1, 'ask').subscribe({ error: (thrown: unknown) => errors.push(thrown) });
      flush();

      expect(errors).toEqual([error]);
    });
  });

  it.each(['errorOf', 'isLast'])('ends with what `%s` throws, and is cancelled', (name) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a'], values);
      const sent = record(server.sent);
      const throwing = () => {
        throw new SyntaxError('mine');
      };
      const request = requestResponse(feedOf(server.transport, { linger: 5 }), {
        ...byId,
        [name]: throwing,
        cancel: (id) => ({ cancel: id }),
      });

      const log = record(request(1, 'ask'), short);
      flush();

      expect(log).toEqual(['2 # SyntaxError']);
      expect(sent).toEqual(['0 "ask"', '2 {"cancel":1}']);
    });
  });
});

describe('cancel', () => {
  const many = {
    ...byId,
    isLast: ({ last }: Tick) => last === true,
    cancel: (id: unknown): unknown => ({ cancel: id }),
  };
  const values = { a: { id: 1, n: 1 }, z: { id: 1, n: 9, last: true }, e: { id: 1, error: 'no' } };

  it.each<[string, string, (source: Observable<Tick>) => Observable<Tick>, string[]]>([
    ['is sent where a request is unsubscribed', 'o-a-a', (source) => source.pipe(take(1)), ['2 {"cancel":1}']],
    ['is not sent with the last message', 'o-z', (source) => source.pipe(take(1)), []],
    ['is not sent where nothing was left', 'o-a-z', (source) => source, []],
  ])('%s', (_what, script, operate, expected) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, [script], values);
      const sent = record(server.sent);
      const request = requestResponse(feedOf(server.transport, { linger: 9 }), many);

      record(operate(request(1, 'ask')));
      flush();

      expect(sent.slice(1)).toEqual(expected);
    });
  });

  it('is sent where a request times out, not where it errors or was not sent', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['--o--e'], values);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(30));
      const request = requestResponse(feed, { ...many, errorOf: ({ error }) => error });
      const hasty = requestResponse(feed, { ...many, timeout: 3 });

      record(request(1, 'refused'));
      record(request(2, 'left before'), undefined, timer(1));
      at(6, () => record(hasty(3, 'slow')));
      flush();

      expect(sent).toEqual(['2 "refused"', '6 "slow"', '9 {"cancel":3}']);
    });
  });

  it('is sent on the connection that the request went out on, or not at all', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o--#', '--o']);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      const events = record(feed.lifecycle, brief, timer(30));
      const request = requestResponse(feed, many);

      const asked = request(1, 'ask').subscribe({ error: () => undefined });
      at(3, () => asked.unsubscribe());
      flush();

      expect(sent).toEqual(['0 "ask"']);
      expect(events.filter((line) => line.includes('dropped'))).toEqual([]);
    });
  });

  it('may make nothing, and what it throws is reported as dropped', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const events = record(feed.lifecycle, brief, timer(30));
      const request = requestResponse(feed, {
        ...many,
        cancel(id) {
          if (id === 2) throw new SyntaxError('mine');
        },
      });

      record(request(1, 'ask'), undefined, timer(3));
      record(request(2, 'ask'), undefined, timer(4));
      flush();

      expect(sent).toEqual(['0 "ask"', '0 "ask"']);
      expect(events.filter((line) => line.includes('dropped'))).toEqual(['4 dropped 1 unserializable']);
    });
  });
});

describe('A request', () => {
  it('is a function of its id where `nextId` makes that', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-b-a-c'], {
        a: { id: 'n1', n: 1 },
        b: { id: 'n2', n: 2 },
        c: { id: 'n3' },
      });
      const sent = record(server.sent);
      let drawn = 0;
      const request = requestResponse(feedOf(server.transport), { ...byId, nextId: () => `n${++drawn}` });
      const response = request((id) => ({ ask: id }));

      const logs = [record(response, short), record(response, short)];
      flush();

      expect(sent).toEqual(['0 {"ask":"n1"}', '0 {"ask":"n2"}']);
      expect(logs).toEqual([['4 1', '4 |'], ['2 2', '2 |']]); // prettier-ignore
    });
  });

  it('errors with what makes it', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const request = requestResponse(feedOf(server.transport), { ...byId, nextId: () => 1 });

      const log = record(
        request(() => {
          throw new SyntaxError('mine');
        }),
      );
      flush();

      expect(log).toEqual(['0 # SyntaxError']);
      expect(server.connections).toEqual([]);
    });
  });

  it('is answered by no message that came before it was sent', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-l-a'], { l: { id: 1, n: 0 }, a: { id: 1, n: 1 } });
      const sent = record(server.sent);
      const logIn = onOpen<Tick>((link) => {
        link.send('log in');
        return link.messages.pipe(take(1));
      }) as Supervision;
      const request = requestResponse(feedOf(server.transport, {}, logIn), byId);

      const log = record(request(1, 'order'), short);
      flush();

      expect(sent).toEqual(['0 "log in"', '2 "order"']);
      expect(log).toEqual(['4 1', '4 |']);
    });
  });

  it('waits in the outbox under its bounds', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['--o-b-c'], { b: { id: 2 }, c: { id: 3 } });
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { outbox: { capacity: 2 } });
      const request = requestResponse(feed, byId);

      const logs = [1, 2, 3].map((id) => record(request(id, { id }), ({ id }) => String(id)));
      flush();

      expect(logs).toEqual([['0 # MessageDroppedError'], ['4 2', '4 |'], ['6 3', '6 |']]);
      expect(sent).toEqual(['2 {"id":2}', '2 {"id":3}']);
      expect(feed.stats.dropped).toBe(1);
    });
  });

  it.each<[string, object, string]>([
    ['the newest is dropped', { capacity: 0, overflow: 'dropNewest' }, 'overflow'],
    ['too many are an error', { capacity: 0, overflow: 'error' }, 'overflow'],
    ['it has waited too long', { maxAge: 2 }, 'expired'],
  ])('errors where %s', (_what, outbox, reason) => {
    inVirtualTime(({ cold, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['----o']).transport, { outbox });
      const errors: unknown[] = [];

      requestResponse(feed, byId)(1, 'ask').subscribe({ error: (error: unknown) => errors.push(error) });
      flush();

      expect(errors).toMatchObject([{ name: 'MessageDroppedError', reason }]);
    });
  });

  it('is taken back where it is unsubscribed before it was sent, under a pace too', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      record(feed.messages, undefined, timer(60));
      const request = requestResponse(feed, byId);

      record(request(1, 'first'), undefined, timer(60));
      record(request(2, 'second'), undefined, timer(5));
      record(request(3, 'third'), undefined, timer(60));
      at(6, () => expect(feed.stats.queued).toBe(1));
      flush();

      expect(sent).toEqual(['0 "first"', '11 "third"']);
      expect(feed.stats.dropped).toBe(0);
    });
  });

  it('may be unsubscribed in the message that answers another one', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-(ab)'], { a: { id: 1, n: 1 }, b: { id: 2, n: 2 } });
      const request = requestResponse(feedOf(server.transport), byId);
      const log: string[] = [];

      request(1, 'ask').subscribe(() => other.unsubscribe());
      const other = request(2, 'ask').subscribe((tick) => log.push(short(tick)));
      flush();

      expect(log).toEqual([]);
    });
  });

  it('is interrupted with the most specific error that its link has ended with', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const feed = retriedFeed(scriptedServer(cold, ['o', 'o']).transport);
      const log = record(requestResponse(feed, byId)(1, 'ask'));
      record(feed.lifecycle, undefined, timer(9));

      at(3, () => feed.link!.terminate(new HeartbeatTimeoutError('silent')));
      flush();

      expect(log).toEqual(['3 # HeartbeatTimeoutError']);
    });
  });

  it.each(['close', 'reconnect'] as const)('is interrupted with a ConnectionClosedError where we %s', (how) => {
    inVirtualTime(({ cold, at, flush }) => {
      const feed = retriedFeed(scriptedServer(cold, ['o', 'o']).transport);
      const errors: unknown[] = [];
      requestResponse(feed, byId)(1, 'ask').subscribe({ error: (error: unknown) => errors.push(error) });
      record(feed.lifecycle, undefined, timer(9));

      at(3, () => (how === 'close' ? void feed.close(4000, 'bye') : feed.reconnect({ code: 4000, reason: 'bye' })));
      flush();

      expect(errors).toMatchObject([{ name: 'ConnectionClosedError', code: 4000, reason: 'bye' }]);
    });
  });

  it.each<[string, Supervision, (feed: Feed) => void, object]>([
    [
      'we close',
      (source) => source,
      (feed) => void feed.close(4000, 'bye'),
      { code: 4000, reason: 'bye', wasClean: true },
    ],
    [
      'the connection breaks, and that is no error',
      (source) => source.pipe(catchError(() => EMPTY)),
      (feed) => feed.link!.terminate(new Error('enough')),
      { code: 1006, reason: '', wasClean: false },
    ],
  ])('that was not sent errors with what it could not be sent for where %s', (_what, supervision, end, expected) => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = feedOf(transport, { pace: atMost(1, 1000), outbox: { capacity: 9 } }, supervision);
      const request = requestResponse(feed, byId);
      const errors: unknown[] = [];

      record(request(1, 'sent'));
      request(2, 'not sent').subscribe({ error: (error: unknown) => errors.push(error) });
      at(3, () => end(feed));
      flush();

      expect(errors).toMatchObject([{ name: 'ConnectionClosedError', ...expected }]);
    });
  });

  it('is interrupted with the error of its link, whatever the supervision makes of that', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o--#']);
      const mine: Supervision = (source) => source.pipe(catchError(() => throwError(() => new SyntaxError('mine'))));

      const log = record(requestResponse(feedOf(transport, {}, mine), byId)(1, 'ask'));
      flush();

      expect(log).toEqual(['3 # ConnectionClosedError']);
    });
  });

  it('is not sent, and connects nothing, where it is unsubscribed as it begins', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const request = requestResponse(feedOf(server.transport), byId);

      new Observable<Tick>((reader) => {
        reader.complete();
        return request(1, 'ask').subscribe(reader);
      }).subscribe();
      flush();

      expect(server.connections).toEqual([]);
    });
  });

  it('is not sent where it is unsubscribed while it is encoded', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['--o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.lifecycle, undefined, timer(9));
      const left = new Subject<void>();
      const ask = {
        toJSON() {
          left.next();
          return 'ask';
        },
      };

      record(requestResponse(feed, byId)(1, ask).pipe(takeUntil(left)));
      flush();

      expect(sent).toEqual([]);
    });
  });

  it('may be unsubscribed during the closing handshake, and no `cancel` is made', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['(so)'], { s: silence() }).transport, { closeTimeout: 9 });
      const events = record(feed.lifecycle, brief);
      const request = requestResponse(feed, { ...byId, cancel: (id) => ({ cancel: id }) });

      record(request(1, 'ask'), undefined, timer(5));
      at(3, () => void feed.close());
      flush();

      expect(events.filter((line) => line.includes('dropped'))).toEqual([]);
    });
  });

  it('frees its id as it is interrupted', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o--#', 'o-a'], { a: { id: 1, n: 1 } });
      const feed = retriedFeed(server.transport);
      const request = requestResponse(feed, byId);
      const logs: string[][] = [record(request(1, 'first'), short)];
      feed.lifecycle.pipe(ofType('close'), take(1)).subscribe(() => logs.push(record(request(1, 'second'), short)));

      flush();

      expect(logs).toEqual([['3 # ConnectionClosedError'], ['7 1', '7 |']]);
    });
  });

  it('goes on during a handover, and is interrupted when the link that it went out on has ended', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { a: { id: 1, n: 1 }, b: { id: 2, n: 2 }, c: { id: 3, n: 3 } };
      const server = scriptedServer(cold, ['o-------a', '-obc'], values);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      record(feed.messages, undefined, timer(30));
      const request = requestResponse(feed, byId);
      const logs = [1, 2].map((id) => record(request(id, id), short));

      at(4, () => feed.reconnect({ overlap: 5 }));
      at(6, () => logs.push(record(request(3, 3), short)));
      flush();

      expect(sent).toEqual(['0 1', '0 2', '6 3']);
      // The second is a message that the new link received before anything was sent on it.
      expect(logs).toEqual([['8 1', '8 |'], ['10 # ConnectionClosedError'], ['10 3', '10 |']]); // prettier-ignore
    });
  });

  it('is answered by nothing that a new link received before the request was sent', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { x: { id: 1, n: 0 }, a: { id: 1, n: 1 } };
      const server = scriptedServer(cold, ['o', '-ox----a'], values);
      const feed = retriedFeed(server.transport);
      record(feed.messages, undefined, timer(30));
      const request = requestResponse(feed, byId);
      const logs: string[][] = [];

      at(4, () => feed.reconnect({ overlap: 5 }));
      at(8, () => logs.push(record(request(1, 'ask'), short)));
      flush();

      expect(logs).toEqual([['11 1', '11 |']]);
    });
  });
});

describe('A request over a link', () => {
  it('logs in before the connection counts as open', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-x-a', 'o-x-a'], { x: { n: 0 }, a: { id: 1, n: 1 } });
      const sent = record(server.sent);
      const logIn = onOpen<Tick>((link) => requestResponse(link, byId)(1, 'log in')) as Supervision;
      const feed = feedOf(server.transport, {}, logIn);
      feed.messages.next('queued');

      const events = record(feed.lifecycle, brief, timer(9));
      flush();

      expect(events).toEqual(['0 connecting 1', '4 open 1']);
      expect(sent).toEqual(['0 "log in"', '4 "queued"']);
    });
  });

  it.each<[string, (link: Link) => void, string]>([
    ['its error', (link) => link.terminate(new HeartbeatTimeoutError('silent')), 'HeartbeatTimeoutError'],
    ['a ConnectionClosedError', (link) => link.close(4000), 'ConnectionClosedError'],
  ])('errors as that ends, with %s', (_what, end, error) => {
    inVirtualTime(({ cold, at, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['o']).transport);
      const logs: string[][] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe({
        next: ({ link }) => {
          const request = requestResponse(link as Link<Tick>, byId);
          logs.push(record(request(1, 'ask')));
          at(3, () => end(link));
          at(5, () => logs.push(record(request(2, 'ask'))));
        },
        error: () => undefined,
      });
      flush();

      expect(logs[0]).toEqual([`3 # ${error}`]);
      expect(logs[1]!.map((line) => line.slice(0, 3))).toEqual(['5 #']);
    });
  });

  it('errors where it could not be sent in time', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      const logs: string[][] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe({
        next: ({ link }) => {
          const request = requestResponse(link as Link<Tick>, byId);
          logs.push(
            record(request(1, 'one')),
            record(request(2, 'two')),
            record(request(3, 'three'), undefined, timer(2)),
          );
        },
        error: () => undefined,
      });
      at(5, () => feed.link!.terminate(new Error('enough')));
      flush();

      expect(logs).toEqual([['5 # Error'], ['5 # MessageDroppedError'], []]);
      expect(sent).toEqual(['0 "one"']);
    });
  });

  it('errors with what we have closed that with', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['o']).transport);
      const errors: unknown[] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => {
        const request = requestResponse(link as Link<Tick>, byId);
        request(1, 'ask').subscribe({ error: (error: unknown) => errors.push(error) });
        at(3, () => link.close());
      });
      flush();

      expect(errors).toMatchObject([{ name: 'ConnectionClosedError', code: 1000, reason: '', wasClean: true }]);
    });
  });

  it('is taken back where it is unsubscribed before it was sent', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => {
        const request = requestResponse(link as Link<Tick>, byId);
        record(request(1, 'one'));
        record(request(2, 'two'), undefined, timer(2));
        record(request(3, 'three'));
      });
      at(30, () => void feed.close());
      flush();

      expect(sent).toEqual(['0 "one"', '11 "three"']);
    });
  });

  it('reports what is no good on its connection', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-x'], { x: null });
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const logs: string[][] = [];
      const events = record(feed.lifecycle, brief);
      feed.events.pipe(ofType('open')).subscribe(({ link }) => {
        const request = requestResponse(link as Link<Tick>, {
          ...byId,
          cancel() {
            throw new SyntaxError('mine');
          },
        });
        logs.push(record(request(1, 'ask'), undefined, timer(3)), record(request(2, undefined)));
      });
      at(9, () => void feed.close());
      flush();

      expect(sent).toEqual(['0 "ask"']);
      expect(logs).toEqual([[], ['0 # MessageDroppedError']]);
      expect(events.slice(2, -2)).toEqual([
        ...['0 dropped 1 unserializable', '2 rejected null', '3 dropped 1 unserializable'],
      ]);
    });
  });

  it('looks at no message when nothing is waited for', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b'], { a: { id: 1, n: 1 }, b: { id: 2, n: 2 } });
      const feed = feedOf(transport);
      const looks: unknown[] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => {
        const idOf = ({ id, n }: Tick) => {
          looks.push(n);
          return id;
        };
        record(requestResponse(link as Link<Tick>, { idOf })(1, 'ask'));
      });
      at(9, () => void feed.close());
      flush();

      expect(looks).toEqual([1]);
    });
  });

  it('refuses an id that is waited for, in each of several at once', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 2));
      const feed = observeWebSocket<Tick, unknown>({ url: 'ws://test', transport: server.transport });
      const logs: string[][] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => {
        const request = requestResponse(link as Link<Tick>, byId);
        logs.push(...[1, 1, 2].map((id) => record(request(id, { id }), ({ id }) => String(id))));
      });
      timer(9).subscribe(() => void feed.close());
      flush();

      expect(logs).toEqual([['3 1', '3 |'], ['1 # WebSocketError'], ['3 2', '3 |']]);
    });
  });
});

describe('requestResponse', () => {
  it('looks at each message once, however many requests wait', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-x-(ab)'], { x: { n: 0 }, a: { id: 1, n: 1 }, b: { id: 2, n: 2 } });
      const looks: unknown[] = [];
      const request = requestResponse(feedOf(transport, { linger: 9 }), {
        idOf({ id, n }) {
          looks.push(n);
          return id;
        },
      });

      for (const id of [1, 2]) record(request(id, 'ask'));
      flush();

      expect(looks).toEqual([0, 1, 2]);
    });
  });

  it('has no timer where there is no timeout', () => {
    const scheduler = new CountingScheduler();
    const feed = feedOf(playedSockets());

    const asked = requestResponse(feed, { ...byId, scheduler })(1, 'ask').subscribe();
    expect(scheduler.scheduled).toBe(0);
    asked.unsubscribe();
  });

  it.each([undefined, null, 'feed', {}, { sendRaw: () => undefined }])('refuses %o for a connection', (connection) => {
    expect(() => requestResponse(connection as never, byId)).toThrow(
      /^Expected `connection` to be a connection, a pool or a link, got/,
    );
  });

  it.each(['errorOf', 'isLast', 'cancel', 'nextId'])('refuses a `%s` that is no function', (name) => {
    const feed = feedOf(playedSockets({ answersClose: false }));

    expect(() => requestResponse(feed, { ...byId, [name]: 1 } as never)).toThrow(
      new TypeError(`Expected \`${name}\` to be a function, got 1.`),
    );
  });
});
