import { config, filter, finalize, firstValueFrom, map, repeat, retry, switchMap, take, tap, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { connectionPool, multiplex, observeWebSocket, requestResponse } from '../../src/index.node.js';
import type { ConnectionPool, Transport, WebSocketConnection } from '../../src/index.node.js';
import { coldOn, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';
import { byId, topics } from './virtual-server.js';
import type { Said, Told } from './virtual-server.js';

const values = { a: { key: 'a' }, b: { key: 'b' }, r: { id: 1 } };

const feedOn = (transport: Transport): WebSocketConnection<Told, Said> =>
  observeWebSocket<Told, Said>({ url: 'ws://test', transport });

const poolOn = (transport: Transport, max = 3): ConnectionPool<Told, Said> =>
  connectionPool({ create: () => feedOn(transport), max, keysPerConnection: 1 });

const ofTypeOpen = (source: ConnectionPool['lifecycle']) =>
  source.pipe(
    map(({ event }) => event.type),
    filter((type) => type === 'open'),
  );

const spoilt = <T>(source: Observable<T>) =>
  source.pipe(
    finalize(() => {
      throw new Error('mine');
    }),
  );

const TARGETS = [
  ['a connection', feedOn],
  ['a pool', poolOn],
] as const;

describe.each(TARGETS)('on %s', (_, on) => {
  it('a topic that is closed, and subscribed to again at once, has a new run', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-a', 'o-a'], values);
      const target = on(server.transport);
      const sent = record(server.sent);
      const log = record(multiplex(target, topics)('a').pipe(repeat(2)), ({ key }) => key!, timer(20));

      at(5, () => void target.close());
      flush();

      expect(log).toEqual(['2 a', '7 a']);
      expect(sent.slice(0, 2)).toEqual(['0 {"sub":"a"}', '5 {"sub":"a"}']);
      expect(server.connections).toHaveLength(2);
    });
  });

  it('a topic whose connection fails, and that is subscribed to again at once, has a new run', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a-#', 'o-a'], values);
      const log = record(multiplex(on(server.transport), topics)('a').pipe(retry(1)), ({ key }) => key!, timer(20));

      flush();

      expect(log).toEqual(['2 a', '6 a']);
      expect(server.connections).toHaveLength(2);
    });
  });

  it('another topic, subscribed to as the first one ends, has a new run', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-a', 'o-b'], values);
      const target = on(server.transport);
      const topic = multiplex(target, topics);
      let other: string[] = [];
      topic('a').subscribe({ complete: () => (other = record(topic('b'), ({ key }) => key!, timer(10))) });

      at(5, () => void target.close());
      flush();

      expect(other).toEqual(['7 b']);
    });
  });

  it('a topic that closes from within its message completes, and takes nothing back', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a-a'], values);
      const target = on(server.transport);
      const sent = record(server.sent);
      const closes = record(server.closes);
      const log: string[] = [];
      multiplex(
        target,
        topics,
      )('a').subscribe({
        next: ({ key }) => {
          log.push(key!);
          void target.close(3000);
        },
        complete: () => log.push('|'),
      });

      flush();

      expect(log).toEqual(['a', '|']);
      expect(sent).toEqual(['0 {"sub":"a"}']);
      expect(closes).toEqual(['2 {"code":3000,"reason":""}']);
    });
  });

  it('a request whose answer closes, and the one that is made as it is interrupted, end once each', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-r', 'o-r'], values);
      const target = on(server.transport);
      const request = requestResponse(target, byId);
      const answered = record(request(1, { id: 1 }).pipe(tap(() => void target.close())), ({ id }) => `${id}`);
      const interrupted = record(request(2, { id: 2 }), ({ id }) => `${id}`);
      let again: string[] = [];
      request(3, { id: 3 }).subscribe({ error: () => (again = record(request(1, { id: 1 }), ({ id }) => `${id}`)) });

      flush();

      expect(answered).toEqual(['2 1', '2 |']);
      expect(interrupted).toEqual(['2 # ConnectionClosedError']);
      expect(again).toEqual(['4 1', '4 |']);
    });
  });

  it('closing twice, the second time from within the end, closes once', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o'], values);
      const target = on(server.transport);
      const closes = record(server.closes);
      const closed: string[] = [];
      multiplex(
        target,
        topics,
      )('a').subscribe({
        complete: () => void target.close(3001).then(() => closed.push('inner')),
      });

      at(3, () => void target.close(3000).then(() => closed.push('outer')));
      flush();

      expect(closes).toEqual(['3 {"code":3000,"reason":""}']);
      expect(server.connections).toHaveLength(1);
    });
  });
});

describe('a pool', () => {
  it('tells whoever subscribes again, as its streams complete, of what comes later', async () => {
    const pool = poolOn(scriptedServer(coldOn(), ['oa'], values).transport);
    const told: string[] = [];
    pool.lifecycle
      .pipe(ofTypeOpen, repeat(2))
      .subscribe({ next: (type) => told.push(type), complete: () => told.push('no events') });
    pool.messages
      .pipe(repeat(2))
      .subscribe({ next: ({ message }) => told.push(message.key!), complete: () => told.push('no messages') });

    for (let run = 0; run < 2; run++) {
      await firstValueFrom(pool.use('a').pipe(switchMap(({ messages }) => messages)));
      await pool.close();
    }

    expect(told).toEqual(['open', 'a', 'open', 'a', 'no events', 'no messages']);
  });

  it('that is closed from within an event connects none that waits, and completes every lease', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const pool = poolOn(server.transport);
      pool.lifecycle.subscribe(({ event }) => event.type === 'open' && void pool.close());
      const logs = ['a', 'b', 'c'].map((key) => record(pool.use(key), () => 'leased'));

      flush();

      expect(logs).toEqual([['0 leased', '1 |'], ['1 |'], ['1 |']]);
      expect(server.connections).toHaveLength(1);
    });
  });

  it('that is closed from within a lease connects none that waits', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const pool = poolOn(server.transport);
      const logs = ['a', 'b'].map((key) => record(pool.use(key).pipe(tap(() => void pool.close())), () => 'leased'));

      flush();

      expect(logs[0]!.at(-1)).toMatch(/\|$/);
      expect(logs[1]!.at(-1)).toMatch(/\|$/);
    });
  });

  it('has room for the lease that is taken as another one ends', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o--#', 'o']);
      const pool = poolOn(server.transport, 1);
      let next: string[] = [];
      pool.use('a').subscribe({ error: () => (next = record(pool.use('b'), () => 'leased', timer(5))) });

      at(9, () => void pool.close());
      flush();

      expect(next).toEqual(['3 leased']);
      expect(server.connections).toHaveLength(2);
    });
  });

  it('that is closed has a request end with an error, before and after its turn to connect', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const pool = poolOn(scriptedServer(cold, ['-----o']).transport);
      const request = requestResponse(pool, byId);
      record(pool.use('a'), () => 'leased', timer(1));
      record(pool.use('b'), () => 'leased');
      const logs = [1, 2].map((id) => record(request(id, { id })));

      at(2, () => void pool.close());
      flush();

      expect(logs.map((log) => log.at(-1))).toEqual(['2 # MessageDroppedError', '2 # ConnectionClosedError']);
    });
  });

  it('has the others hear of the end where the teardown of one lease, topic or request throws', () => {
    inVirtualTime(({ cold, flush }) => {
      const unhandled = vi.fn();
      config.onUnhandledError = unhandled;
      const { transport } = scriptedServer(cold, ['o#']);
      const pool = connectionPool({ create: () => feedOn(transport), max: 1, keysPerConnection: 9 });
      const [topic, request] = [multiplex(pool, topics), requestResponse(pool, byId)];
      const messages = record(pool.messages);
      const heard: string[] = [];
      const hear = (name: string, source: Observable<unknown>) => source.subscribe({ error: () => heard.push(name) });

      hear('lease 1', spoilt(pool.use(1)));
      hear('lease 2', pool.use(2));
      hear('topic 1', spoilt(topic('a')));
      hear('topic 2', topic('b'));
      hear('request 1', spoilt(request(3, { id: 3 })));
      hear('request 2', request(4, { id: 4 }));
      flush();

      config.onUnhandledError = null;
      expect(heard.sort()).toEqual(['lease 1', 'lease 2', 'request 1', 'request 2', 'topic 1', 'topic 2']);
      expect(messages).toEqual([]);
      expect(unhandled).toHaveBeenCalledTimes(3);
    });
  });

  it('gives the turn on where a lease is left as it is given', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['--o']);
      const pool = poolOn(server.transport);
      const first = record(pool.use('a').pipe(take(1)), () => 'leased');
      const second = record(pool.use('b'), () => 'leased', timer(9));

      flush();

      expect(first).toEqual(['0 leased', '0 |']);
      expect(second).toEqual(['0 leased']);
    });
  });
});
