import { asyncScheduler, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { heartbeat, retryWithBackoff } from '../../operators/index.js';
import type { HeartbeatOptions } from '../../operators/index.js';
import { atMost, observeWebSocket } from '../../src/index.js';
import { WebSocketError } from '../../src/protocol/errors.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { FakeLink } from './fake-link.js';
import { supervised } from './supervised-link.js';

describe('what `ping` returns', () => {
  it.each([
    ['a text', 'ping', 'ping'],
    ['an empty text', '', ''],
    ['bytes', new Uint8Array([1, 2]), '1,2'],
    ['a DataView', new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2), '2,3'],
    ['numbers of another size', new Uint16Array([258]), '2,1'],
  ])('is sent where it is a frame: %s', (_what, made, sent) => {
    const { clock, link, log } = supervised({ ping: () => made as string });
    link.onSent = () => link.pong();

    clock.advance(25);

    expect(log[0]).toBe(`25 sent ${sent}`);
    expect(link.terminatedWith).toBeUndefined();
  });

  it.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['a boolean', false, 'false'],
    ['a bigint', 5n, '5'],
    ['a symbol', Symbol('ping'), 'Symbol(ping)'],
    ['a String object', Object('ping'), 'object'],
    ['an object', { op: 'ping', token: 'secret' }, 'object'],
    ['an array', [1, 2], 'object'],
    ['a function', () => 'ping', 'function'],
    ['a promise', Promise.resolve('ping'), 'object'],
    ['an Observable', of('ping'), 'object'],
    ['a buffer that nothing views', new ArrayBuffer(2), 'object'],
  ])('ends the connection for good where it is none: %s', (_what, made, got) => {
    const { clock, link, log } = supervised({ ping: () => made as string });

    clock.advance(25);

    const sentence = `Expected what \`ping\` returns to be a string or bytes, got ${got}.`;
    expect(link.terminatedWith).toBeInstanceOf(WebSocketError);
    expect(link.terminatedWith).toMatchObject({
      fatal: true,
      message: `The heartbeat has no ping to send. ${sentence}`,
      cause: new TypeError(sentence),
    });
    expect(link.terminatedWith!.cause).toBeInstanceOf(TypeError);
    expect(log).toEqual(['25 terminate WebSocketError']);
    expect(clock.pending).toBe(0);
    expect(link.watched).toBe(false);
  });

  it('is not retried where it is none', () => {
    let lines: string[] = [];
    inVirtualTime(({ cold }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const ping = () => 5 as never;
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        heartbeat({ ping, random: () => 0.5 }),
        retryWithBackoff(),
      );
      lines = record(feed.lifecycle, brief);
    });

    expect(lines).toEqual(['0 connecting 1', '0 open 1', '10000 close 1006 local unclean', '10000 # WebSocketError']);
  });
});

describe('a `ping` that does more than make a message', () => {
  it.each([
    ['closes the connection', (link: FakeLink) => void (link.writable = false)],
    ['pauses it', (link: FakeLink) => link.pause()],
    ['ends it', (link: FakeLink) => link.terminate(new Error('mine'))],
  ])('sends nothing where it %s', (_what, act) => {
    const { clock, link, log } = supervised({
      ping: () => {
        act(link);
        return 'ping';
      },
    });

    clock.advance(1000);

    expect(log.filter((line) => line.includes('sent') || line.includes('Heartbeat'))).toEqual([]);
  });

  it('sends nothing where it unsubscribes', () => {
    const { clock, log, subscription } = supervised({
      ping: () => {
        subscription.unsubscribe();
        return 'ping';
      },
    });

    clock.advance(1000);

    expect(log).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('a ping that has to wait for its turn', () => {
  /** A heartbeat whose pings wait until `turn` emits. */
  function paced() {
    const turn = new Subject<void>();
    const supervision = supervised({ ping: () => 'ping' });
    const { link } = supervision;
    const send = link.sendRaw.bind(link);
    link.sendRaw = (data) => {
      link.note('queued');
      const leaving = new Subject<void>();
      turn.pipe(take(1)).subscribe({
        next: () => {
          leaving.next();
          send(data);
          leaving.next();
        },
        complete: () => leaving.complete(),
      });
      return leaving;
    };
    return { ...supervision, turn };
  }

  it('has its timeout begin when it goes out, and its latency', () => {
    const { clock, link, log, turn } = paced();

    clock.advance(25 + 1000);
    turn.next();
    clock.advance(29);
    link.message('pong');

    expect(log).toEqual(['25 queued', '1025 sent ping', '1054 heartbeat 29']);
  });

  it('ends the connection a timeout after it went out', () => {
    const { clock, log, turn } = paced();

    clock.advance(25 + 1000);
    turn.next();
    clock.advance(29);
    expect(log).toEqual(['25 queued', '1025 sent ping']);
    clock.advance(1);

    expect(log).toEqual(['25 queued', '1025 sent ping', '1055 terminate HeartbeatTimeoutError']);
  });

  it('takes no message for its answer that comes before it goes out', () => {
    const { clock, link, log, turn } = paced();
    clock.advance(25 + 10);

    link.message('a trade');
    clock.advance(5);
    turn.next();
    clock.advance(30);

    expect(log).toEqual(['25 queued', '40 sent ping', '70 terminate HeartbeatTimeoutError']);
  });

  it('is awaited once, though its turn is announced twice', () => {
    const { clock, link, log, turn } = paced();
    clock.advance(25);

    link.onSent = () => link.message('pong');
    turn.next();
    clock.advance(60);

    expect(log).toEqual(['25 queued', '25 sent ping', '25 heartbeat 0']);
  });

  it('makes way for the next one where it never goes out', () => {
    const { clock, log, turn } = paced();
    clock.advance(25 + 10);

    turn.complete();
    clock.advance(90);

    expect(log).toEqual(['25 queued', '125 queued']);
  });

  it('waits no longer than the connection is open', () => {
    const { clock, subscription, turn } = paced();
    clock.advance(25);
    turn.next();
    clock.advance(200);

    subscription.unsubscribe();

    expect(clock.pending).toBe(0);
  });
});

describe('a text ping under a pace', () => {
  const options: HeartbeatOptions = { ping: () => 'ping', interval: 5000, timeout: 300, random: () => 0.5 };

  /** A connection whose allowance was used up before its ping of 2500, which may go at 3490 then. */
  function run(script: string) {
    let lines: string[] = [];
    const sent: string[] = [];
    inVirtualTime(({ cold, at }) => {
      const server = scriptedServer(cold, [script]);
      server.sent.subscribe((data) => sent.push(`${asyncScheduler.now()} ${String(data)}`));
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport, pace: atMost(2, 1000) },
        heartbeat(options),
      );
      lines = record(feed.lifecycle, brief);
      at(2390, () => ['a', 'b', 'c'].forEach((message) => feed.messages.next(message)));
      at(6000, () => void feed.close());
    });
    return { lines: lines.slice(2), sent };
  }

  it('goes before what waits, and has its timeout begin when it goes out', () => {
    const { lines, sent } = run('o 3589ms a');

    expect(sent).toEqual(['2390 a', '2390 b', '3490 ping', '3490 c']);
    expect(lines).toEqual(['3590 heartbeat 100', '6000 close 1000 local', '6000 |']);
  });

  it('ends the connection where nothing comes within its timeout', () => {
    const { lines } = run('o');

    expect(lines).toEqual(['3790 close 1006 local unclean', '3790 # HeartbeatTimeoutError']);
  });
});
