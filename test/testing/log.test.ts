import { asyncScheduler, from, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { Supervision, WebSocketConfig } from '../../src/index.node.js';
import { accept, closeWith, ping, scriptedServer, silence } from '../../src/testing/index.js';
import type { ScriptStep } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

/** A client, what its server notes, and what its lifecycle emits. */
function logged(
  { cold }: VirtualTime,
  scripts: readonly string[],
  values: Record<string, unknown> = {},
  config: Partial<WebSocketConfig<unknown, unknown>> = {},
  ...supervision: Supervision[]
) {
  const server = scriptedServer(cold, scripts, values);
  const { connections } = server;
  const log = record(server.log);
  const feed = observeWebSocket(
    { url: 'ws://test', closeTimeout: 10, ...config, transport: server.transport },
    ...supervision,
  );
  const lifecycle = record(feed.lifecycle, brief);
  return { feed, connections, log, lifecycle };
}

const entry = (frame: number, fields: object, connection = 0) =>
  `${frame} ${JSON.stringify({ connection, ...fields })}`;

describe('`log` of a scripted server', () => {
  it('has the request of a handshake, as `connections` has', () => {
    inVirtualTime((time) => {
      const config = { url: 'wss://user@test/path?key=1', protocols: ['chat'], headers: { 'x-a': '1' } };
      const { connections, log } = logged(time, ['-o'], {}, config);

      time.flush();

      const { url, protocols, headers } = config;
      expect(connections).toEqual([config]);
      expect(log).toEqual([entry(0, { type: 'connect', url, protocols, headers })]);
    });
  });

  it('has messages, and the closing handshake of the client', () => {
    inVirtualTime((time) => {
      const { feed, log } = logged(time, ['-o']);
      time.at(3, () => feed.messages.next({ a: [1] }));
      time.at(4, () => feed.link!.sendRaw('no JSON'));
      time.at(6, () => void feed.close(4001, 'bye'));

      time.flush();

      expect(log.slice(1)).toEqual([
        entry(3, { type: 'message', message: { a: [1] } }),
        entry(4, { type: 'message', message: 'no JSON' }),
        entry(6, { type: 'close', code: 4001, reason: 'bye' }),
      ]);
    });
  });

  it('has bytes as they were when they were sent', () => {
    inVirtualTime((time) => {
      const server = scriptedServer(time.cold, ['o']);
      const sent: unknown[] = [];
      server.sent.subscribe((message) => sent.push(message));
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      feed.lifecycle.subscribe();
      const bytes = new Uint8Array([1]);
      time.at(1, () => {
        feed.link!.sendRaw(bytes);
        bytes[0] = 2;
        feed.link!.sendRaw(bytes);
      });

      time.flush();

      expect(sent).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
    });
  });

  it("has the client's pings, and the pongs that it answers the server's pings with", () => {
    inVirtualTime((time) => {
      const { feed, log } = logged(time, ['-o-p'], { p: ping('alive?') });
      time.at(5, () => feed.link!.ping!('and you?'));
      time.at(6, () => feed.link!.ping!());

      time.flush();

      expect(log.slice(1)).toEqual([
        entry(3, { type: 'pong', payload: 'alive?' }),
        entry(5, { type: 'ping', payload: 'and you?' }),
        entry(6, { type: 'ping', payload: '' }),
      ]);
    });
  });

  it('has pauses, and a pong when the ping is read', () => {
    inVirtualTime((time) => {
      const { feed, log } = logged(time, ['-o--p'], { p: ping() });
      let release = () => {};
      time.at(2, () => (release = feed.pause()));
      time.at(7, () => release());

      time.flush();

      expect(log.slice(1)).toEqual([
        entry(2, { type: 'pause' }),
        entry(7, { type: 'resume' }),
        entry(7, { type: 'pong', payload: '' }),
      ]);
    });
  });

  it('has that a connection was terminated, once', () => {
    inVirtualTime((time) => {
      const { feed, log } = logged(time, ['-o']);
      time.at(3, () => feed.link!.terminate(new Error('mine')));

      time.flush();

      expect(log.slice(1)).toEqual([entry(3, { type: 'terminate' })]);
    });
  });

  it.each([
    ['the server closes', '-o-|'],
    ['the server closes with a code', '-o-c'],
    ['the connection breaks', '-o-#'],
    ['the connection is refused', '-#'],
  ])('has nothing that the client did not do: %s', (_, script) => {
    inVirtualTime((time) => {
      const { log } = logged(time, [script], { c: closeWith(4000) });

      time.flush();

      expect(log).toHaveLength(1);
    });
  });

  it('has the index of the connection', () => {
    inVirtualTime((time) => {
      const { transport, log } = scriptedServer(time.cold, ['-o']);
      const indices: unknown[] = [];
      log.subscribe(({ connection, type }) => indices.push([connection, type]));
      for (const frame of [1, 2]) {
        time.at(frame, () => {
          const feed = observeWebSocket({ url: 'ws://test', transport });
          feed.lifecycle.subscribe();
          time.at(5, () => void feed.close());
        });
      }

      time.flush();

      expect(indices).toEqual([
        [0, 'connect'],
        [1, 'connect'],
        [0, 'close'],
        [1, 'close'],
      ]);
    });
  });

  it('is hot, and so are the messages and the Close frames', () => {
    inVirtualTime(({ cold, at, expectObservable }) => {
      const server = scriptedServer(cold, ['-o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      feed.lifecycle.subscribe();
      at(2, () => feed.messages.next('a'));
      at(4, () => feed.messages.next('b'));
      at(6, () => void feed.close());

      expectObservable(server.sent, '---^').toBe('----b');
      expectObservable(server.closes, '-^').toBe('------c', { c: { code: 1000, reason: '' } });
    });
  });
});

describe('`silence()`', () => {
  it('answers no ping from then on', () => {
    inVirtualTime((time) => {
      const supervision = heartbeat({ interval: 10, timeout: 5, random: () => 0.2 });
      const { log, lifecycle } = logged(time, ['-o--------s'], { s: silence() }, {}, supervision);

      time.flush();

      expect(lifecycle).toEqual([
        '0 connecting 1',
        '1 open 1',
        '3 heartbeat 0',
        '18 close 1006 local unclean',
        '18 # HeartbeatTimeoutError',
      ]);
      expect(log.slice(1)).toEqual([
        entry(3, { type: 'ping', payload: '' }),
        entry(13, { type: 'ping', payload: '' }),
        entry(18, { type: 'terminate' }),
      ]);
    });
  });

  it('answers no Close frame: the client waits for `closeTimeout`, and terminates', () => {
    inVirtualTime((time) => {
      const { feed, log, lifecycle } = logged(time, ['-os'], { s: silence() });
      time.at(5, () => void feed.close());

      time.flush();

      expect(lifecycle.slice(2)).toEqual(['15 close 1006 local unclean', '15 |']);
      expect(log.slice(1)).toEqual([
        entry(5, { type: 'close', code: 1000, reason: '' }),
        entry(15, { type: 'terminate' }),
      ]);
    });
  });

  it('asks `reply` for nothing more, and ends its answers', () => {
    inVirtualTime(({ cold, at, flush, expectSubscriptions }) => {
      const answer = cold('a-b-c-d');
      const asked: unknown[] = [];
      const reply = (message: unknown) => {
        asked.push(message);
        return answer;
      };
      const { transport } = scriptedServer(cold, ['o-----s'], { s: silence() }, { reply });
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const log = record(feed.messages);
      at(3, () => feed.messages.next(1));
      at(8, () => feed.messages.next(2));

      flush();

      expect(asked).toEqual([1]);
      expect(log).toEqual(['3 "a"', '5 "b"']);
      expectSubscriptions(answer.subscriptions).toBe('---^--!');
    });
  });

  it('begins at its time, though the client is paused', () => {
    inVirtualTime((time) => {
      const { feed, log, lifecycle } = logged(time, ['-o--as-b'], { s: silence() });
      const messages = record(feed.messages);
      let release = () => {};
      time.at(2, () => (release = feed.pause()));
      time.at(6, () => feed.link!.ping!());
      time.at(9, () => release());
      let pongs = 0;
      time.at(1, () => feed.link!.pongs.subscribe(() => pongs++));

      time.flush();

      expect(messages).toEqual(['9 "a"', '9 "b"']);
      expect(pongs).toBe(0);
      expect(log).toHaveLength(4);
      expect(lifecycle).toHaveLength(2);
    });
  });

  it('lets the script go on: the server may ping, and a client that closes sends no pong', () => {
    inVirtualTime((time) => {
      const { feed, log } = logged(time, ['-osp--p'], { s: silence(), p: ping() });
      time.at(4, () => void feed.close());

      time.flush();

      expect(log.slice(1)).toEqual([
        entry(3, { type: 'pong', payload: '' }),
        entry(4, { type: 'close', code: 1000, reason: '' }),
        entry(14, { type: 'terminate' }),
      ]);
    });
  });

  it('lets the script go on: the server may close by itself', () => {
    inVirtualTime((time) => {
      const { feed, lifecycle } = logged(time, ['-os---c'], { s: silence(), c: closeWith(4000) });
      time.at(4, () => void feed.close());

      time.flush();

      expect(lifecycle.slice(2)).toEqual(['6 close 4000 local', '6 |']);
    });
  });
});

describe('`accept()`', () => {
  it('has the protocol, the extensions and the headers of the answer', () => {
    inVirtualTime((time) => {
      const acceptance = { protocol: 'b', extensions: 'permessage-deflate', headers: { 'X-A': '1' } };
      const { feed } = logged(time, ['-A'], { A: accept(acceptance) }, { protocols: ['a', 'b'] });
      const opened: object[] = [];
      feed.lifecycle.subscribe((event) => event.type === 'open' && opened.push({ ...event, headers: event.headers }));

      time.flush();

      expect(opened).toMatchObject([{ protocol: 'b', extensions: 'permessage-deflate', headers: { 'x-a': '1' } }]);
    });
  });

  it('may be the value of `o`, which no message can be', () => {
    inVirtualTime((time) => {
      const scripts = [{ o: accept({ protocol: 'x' }) }, { o: 'a message' }].map((values) => {
        const { feed } = logged(time, ['-o'], values, { protocols: ['a', 'x'] });
        return record(feed.state, (state) => (state.status === 'open' ? state.protocol : ''));
      });

      time.flush();

      expect(scripts.map((log) => log.at(-1))).toEqual(['1 x', '1 a']);
    });
  });
});

describe('A connection that is held back', () => {
  it('reads in order when reading causes a pause, and more to arrive', () => {
    inVirtualTime((time) => {
      const { feed } = logged(time, ['-o-(abc)'], {});
      const log: string[] = [];
      let release = () => {};
      feed.messages.subscribe((message) => {
        log.push(`${asyncScheduler.now()} ${String(message)}`);
        if (message !== 'a') return;
        release = feed.pause();
        feed.link!.ping!('p');
      });
      time.at(2, () =>
        feed.link!.pongs.subscribe((payload) => log.push(`${asyncScheduler.now()} pong ${String(payload)}`)),
      );
      time.at(9, () => release());

      time.flush();

      expect(log).toEqual(['3 a', '9 pong p', '9 b', '9 c']);
    });
  });

  it('begins to be read when the client has its socket', () => {
    inVirtualTime(({ flush }) => {
      const { transport } = scriptedServer(
        (marbles, values) => from([...marbles].map((letter) => values[letter])),
        ['oab'],
      );
      const log = record(observeWebSocket({ url: 'ws://test', transport }).lifecycle, brief);

      flush();

      expect(log).toEqual(['0 connecting 1', '0 open 1', '0 close 1000 remote', '0 # ConnectionClosedError']);
    });
  });
});

describe('`frames` of a scripted server', () => {
  it('has what the client sends as it is, with the index of the connection', () => {
    inVirtualTime((time) => {
      const server = scriptedServer(time.cold, ['-o-#', '-o']);
      const frames: unknown[] = [];
      server.frames.subscribe((frame) => frames.push(frame));
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [1] }),
      );
      feed.lifecycle.subscribe();
      const bytes = new Uint8Array([1]);
      time.at(2, () => feed.messages.next('text'));
      time.at(2, () => feed.link!.sendRaw('{ "a": 1.0 }'));
      time.at(7, () => {
        feed.link!.sendRaw(bytes);
        bytes[0] = 2;
      });

      time.flush();

      expect(frames).toEqual([
        { connection: 0, data: '"text"' },
        { connection: 0, data: '{ "a": 1.0 }' },
        { connection: 1, data: new Uint8Array([1]) },
      ]);
    });
  });

  it('has nothing of a connection that is gone', () => {
    inVirtualTime((time) => {
      const server = scriptedServer(time.cold, ['-o']);
      const frames: unknown[] = [];
      server.frames.subscribe((frame) => frames.push(frame));
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      const run = feed.lifecycle.subscribe();
      time.at(2, () => {
        const link = feed.link!;
        run.unsubscribe();
        link.sendRaw('late');
      });

      time.flush();

      expect(frames).toEqual([]);
    });
  });
});

describe('A script that is no marbles', () => {
  it.each<[string, unknown, string[]]>([
    ['an Error', new TypeError('the cable'), ['2 error TypeError', '2 close 1006 remote unclean']],
    ['anything else', 'error', ['2 close 1006 remote unclean']],
  ])('breaks its connection for the reason that it ends with, if that is one: %s', (_, reason, expected) => {
    inVirtualTime((time) => {
      const steps = new Subject<ScriptStep>();
      const server = scriptedServer(() => steps, ['-']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      const log = record(feed.lifecycle, brief);
      time.at(1, () => steps.next(accept()));
      time.at(2, () => steps.error(reason));

      time.flush();

      expect(log.slice(2, -1)).toEqual(expected);
      expect(log.at(-1)).toBe('2 # ConnectionClosedError');
    });
  });

  it('refuses its connection for that reason before it is open', () => {
    inVirtualTime((time) => {
      const steps = new Subject<ScriptStep>();
      const server = scriptedServer(() => steps, ['-']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      const errors: unknown[] = [];
      feed.lifecycle.subscribe({ error: (error: unknown) => errors.push(error) });
      time.at(2, () => steps.error(new Error('no route')));

      time.flush();

      expect(errors).toMatchObject([{ name: 'HandshakeError', message: 'Cannot connect to ws://test: no route' }]);
    });
  });
});
