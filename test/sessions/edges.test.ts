import { filter, retry, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  connectionPool,
  HeartbeatTimeoutError,
  multiplex,
  observeWebSocket,
  ofType,
  requestResponse,
} from '../../src/index.node.js';
import type { ConnectionPool, Supervision, Transport, WebSocketConfig } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { byId, topics, VirtualServer } from './virtual-server.js';
import type { Said, Told } from './virtual-server.js';

function feedOn(transport: Transport, ...supervision: Supervision[]) {
  return observeWebSocket<Told, Said>({ url: 'ws://test', transport }, ...supervision);
}

function poolOn(transport: Transport, config: Partial<WebSocketConfig<Told, Said>> = {}): ConnectionPool<Told, Said> {
  return connectionPool({
    create: () => observeWebSocket<Told, Said>({ url: 'ws://test', transport, ...config }),
    max: 3,
    keysPerConnection: 1,
  });
}

describe('a pool', () => {
  it('opens the next connection behind one that lingered and is taken again', () => {
    inVirtualTime(({ at, flush }) => {
      const pool = poolOn(new VirtualServer().transport, { linger: 50 });
      const logs: string[][] = [];
      record(pool.use('a'), () => 'a', timer(5));
      at(10, () => {
        logs.push(
          record(pool.use('b'), () => 'b', timer(100)),
          record(pool.use('c'), () => 'c', timer(100)),
        );
      });

      flush();

      expect(logs).toEqual([['10 b'], ['10 c']]);
    });
  });

  it('tells the lease that `create` made no connection, and serves the next one', () => {
    inVirtualTime(({ flush }) => {
      const { transport } = new VirtualServer();
      let made = 0;
      const pool = connectionPool<Told, Said>({
        create: () => (made++ ? feedOn(transport) : (undefined as never)),
        max: 3,
        keysPerConnection: 1,
      });
      const errors: unknown[] = [];
      pool.use('a').subscribe({ error: (error: unknown) => errors.push(error) });
      const log = record(pool.use('b'), () => 'b', timer(9));

      flush();

      expect(errors).toEqual([
        new TypeError('Expected `create` to be a function that returns a connection, got undefined.'),
      ]);
      expect(log).toEqual(['0 b']);
    });
  });
});

describe('a retry at once, over a pool', () => {
  it('of a topic begins a new run', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o--#', 'o-a'], { a: { key: 'a' } });
      const log = record(multiplex(poolOn(transport), topics)('a').pipe(retry(1)), ({ key }) => key!, timer(9));

      flush();

      expect(log).toEqual(['5 a']);
    });
  });

  it('of a request begins a new run', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o--#', 'o-a'], { a: { id: 1 } });
      const request = requestResponse(poolOn(transport), byId);
      const log = record(request(1, { id: 1 }).pipe(retry(1)), ({ id }) => `${id}`, timer(9));

      flush();

      expect(log).toEqual(['5 1', '5 |']);
    });
  });
});

describe('on an open connection', () => {
  it('the first topic and the first request go out before what is sent after them', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOn(server.transport);
      record(feed.lifecycle, brief, timer(20));
      at(2, () => {
        record(multiplex(feed, topics)('a'), undefined, timer(3));
        feed.messages.next('after');
      });
      at(8, () => {
        record(requestResponse(feed, byId)(1, { id: 1 }), undefined, timer(3));
        feed.messages.next('after');
      });

      flush();

      expect(sent).toEqual(['2 {"sub":"a"}', '2 "after"', '5 {"unsub":"a"}', '8 {"id":1}', '8 "after"']);
    });
  });
});

describe('a connection that opens', () => {
  it('is asked for nothing that was left as it opened', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer();
      const feed = feedOn(server.transport);
      const topic = multiplex(feed, topics)('a').subscribe();
      record(feed.messages, undefined, timer(9));
      feed.state.pipe(filter(({ status }) => status === 'open')).subscribe(() => topic.unsubscribe());

      flush();

      expect(server.peers[0]!.heard).toEqual([]);
    });
  });
});

describe('a connection that ends', () => {
  it('interrupts a request with its own error, whatever supervises it', () => {
    inVirtualTime(({ cold, flush }) => {
      const feed = feedOn(scriptedServer(cold, ['o', 'o']).transport, retry({ delay: 1000, count: 1 }));
      const log = record(requestResponse(feed, byId)(1, { id: 1 }));
      feed.lifecycle.pipe(ofType('open'), take(1)).subscribe(({ link }) => {
        timer(3).subscribe(() => link.terminate(new HeartbeatTimeoutError('silent')));
      });

      flush();

      expect(log).toEqual(['3 # HeartbeatTimeoutError']);
    });
  });

  it('has a new run for whoever subscribes on hearing that it failed', () => {
    inVirtualTime(({ cold, flush }) => {
      const feed = feedOn(scriptedServer(cold, ['o--#', 'o-a'], { a: { key: 'a' } }).transport);
      const logs: string[][] = [];
      feed.state
        .pipe(
          filter(({ status }) => status === 'failed'),
          take(1),
        )
        .subscribe(() => logs.push(record(feed.messages, ({ key }) => key!, timer(4))));
      record(feed.messages);

      flush();

      expect(logs).toEqual([['5 a']]);
    });
  });
});
