import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../../src/index.node.js';
import type { Codec } from '../../src/index.node.js';
import { coldOn, expectLifecycle, recorded, scriptedServer } from '../../src/testing/index.js';
import type { Recording, RecordedEvent } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

const session = (...connections: readonly RecordedEvent[][]): Recording => ({
  version: 1,
  connections: connections.map((events, index) => ({ at: 1000 * index, url: 'ws://test/', events })),
});

const OPEN = { at: 2, type: 'open' } as const;
const message = (at: number, data: string) => ({ at, type: 'message', data }) as const;

/** Text as it is, and bytes as their numbers. */
const asReceived: Codec<string, string> = {
  encode: (value) => value,
  decode: (data) => (typeof data === 'string' ? data : `bytes ${data.join(' ')}`),
};

/** What a client gets that is as long there as the recording. */
function played(recording: Recording): { messages: string[]; lifecycle: string[] } {
  let messages: string[] = [];
  let lifecycle: string[] = [];
  inVirtualTime(({ cold, flush }) => {
    const { transport } = scriptedServer(cold, recorded(recording));
    const feed = observeWebSocket({ url: 'ws://test', transport, codec: asReceived, protocols: ['a', 'b'] });
    lifecycle = record(feed.lifecycle, brief);
    messages = record(feed.messages);
    flush();
  });
  return { messages, lifecycle };
}

describe('recorded', () => {
  it('makes a marble string of each connection, and values of its letters', () => {
    const { scripts, values } = recorded(
      session(
        [OPEN, message(5, '{"a":1}'), message(6, '{"a":2}'), message(60_000, '{"a":1}'), { at: 60_003, type: 'drop' }],
        [{ at: 0, type: 'drop' }],
        [OPEN, { at: 9, type: 'close', code: 1000, reason: '' }],
        [{ at: 8, type: 'drop' }],
        [{ at: 9, type: 'drop' }],
      ),
    );

    expect(scripts).toEqual(['--o--ab 59993ms a--#', '#', '--o------|', '--------#', '9ms #']);
    expect(values).toEqual({ a: { a: 1 }, b: { a: 2 } });
  });

  it('plays text and binary frames as they came, at their times', () => {
    const binary = { at: 7, type: 'binary', data: btoa('\u00ff\u0000') } as const;
    const { messages } = played(session([OPEN, message(5, '{ "a": 1 }'), message(6, 'o'), binary, message(9, '"o"')]));

    expect(messages).toEqual(['5 "{ \\"a\\": 1 }"', '6 "o"', '7 "bytes 255 0"', '9 "\\"o\\""']);
  });

  it('plays a burst in its millisecond, and what comes right after it in its own', () => {
    const burst = [1, 2, 3].map((n) => message(5, String(n)));
    const { messages, lifecycle } = played(
      session([{ ...OPEN, at: 5 }, ...burst, message(6, '4'), message(7, '5'), { at: 7, type: 'drop' }]),
    );

    expect(messages.slice(0, -1)).toEqual(['5 "1"', '5 "2"', '5 "3"', '6 "4"', '7 "5"']);
    expect(lifecycle.slice(1, -1)).toEqual(['5 open 1', '7 close 1006 remote unclean']);
  });

  it.each<[string, RecordedEvent[], string[]]>([
    ['a close', [OPEN, { at: 4, type: 'close', code: 4001, reason: 'bye' }], ['2 open 1', '4 close 4001 bye remote']],
    [
      'a close without a code',
      [OPEN, { at: 4, type: 'close', code: 1005, reason: '' }],
      ['2 open 1', '4 close 1005 remote'],
    ],
    ['a break', [OPEN, { at: 4, type: 'drop' }], ['2 open 1', '4 close 1006 remote unclean']],
    [
      'a break with its cause',
      [OPEN, { at: 4, type: 'drop', message: 'read ECONNRESET' }],
      ['2 open 1', '4 error Error', '4 close 1006 remote unclean'],
    ],
    [
      'a refusal',
      [{ at: 3, type: 'refused', status: 503, headers: { 'retry-after': '1' } }],
      ['3 error HandshakeError', '3 close 1006 remote unclean'],
    ],
    [
      'an attempt without an answer',
      [{ at: 3, type: 'drop', message: 'connect ECONNREFUSED' }],
      ['3 error HandshakeError', '3 close 1006 remote unclean'],
    ],
  ])('plays %s', (_, events, lines) => {
    expect(played(session(events)).lifecycle.slice(1, -1)).toEqual(lines);
  });

  it('says what a refusal and a break said', () => {
    inVirtualTime(({ cold, flush }) => {
      const refused = session([{ at: 3, type: 'refused', status: 503, headers: { 'retry-after': '7' } }]);
      const broken = session([OPEN, { at: 4, type: 'drop', message: 'read ECONNRESET' }]);
      const failed = session([{ at: 4, type: 'drop', message: 'connect ECONNREFUSED' }]);
      const errors = [refused, broken, failed].map((recording) => {
        const { transport } = scriptedServer(cold, recorded(recording));
        const thrown: unknown[] = [];
        observeWebSocket({ url: 'ws://test', transport }).lifecycle.subscribe({
          error: (error: unknown) => thrown.push(error),
        });
        return thrown;
      });

      flush();

      expect(errors.flat()).toMatchObject([
        { name: 'HandshakeError', status: 503, retryAfter: 7000 },
        { name: 'ConnectionClosedError', cause: { message: 'read ECONNRESET' } },
        { name: 'HandshakeError', message: 'connect ECONNREFUSED' },
      ]);
    });
  });

  it('chooses the subprotocol and the extensions that the server chose', () => {
    inVirtualTime(({ cold, flush }) => {
      const opens = [{ protocol: 'b' }, { extensions: 'x' }, {}].map((fields) => {
        const { transport } = scriptedServer(cold, recorded(session([{ ...OPEN, ...fields }])));
        const opened: unknown[] = [];
        observeWebSocket({ url: 'ws://test', transport, protocols: ['a', 'b'] }).lifecycle.subscribe(
          (event) => event.type === 'open' && opened.push([event.protocol, event.extensions]),
        );
        return opened;
      });

      flush();

      expect(opens).toEqual([[['b', '']], [['', 'x']], [['a', '']]]);
    });
  });

  it('plays pings, and answers those of the client itself', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const events: RecordedEvent[] = [
        OPEN,
        { at: 4, type: 'ping', data: 'alive?' },
        { at: 5, type: 'sentPing', data: 'x' },
        { at: 6, type: 'pong', data: 'x' },
      ];
      const server = scriptedServer(cold, recorded(session(events)));
      const log = record(server.log);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      feed.lifecycle.subscribe();
      const pongs: unknown[] = [];
      at(3, () => feed.link!.pongs.subscribe((payload) => pongs.push(payload)));
      at(9, () => feed.link!.ping!('mine'));

      flush();

      expect(log.slice(1)).toEqual([
        '4 {"connection":0,"type":"pong","payload":"alive?"}',
        '9 {"connection":0,"type":"ping","payload":"mine"}',
      ]);
      expect(pongs).toEqual(['mine']);
    });
  });

  it('leaves what the client sent to the client', () => {
    const { scripts } = recorded(
      session([
        OPEN,
        { at: 3, type: 'sent', data: 'a' },
        { at: 3, type: 'sentBinary', data: btoa('a') },
        { at: 3, type: 'sentPing', data: 'a' },
        message(4, '1'),
      ]),
    );

    expect(scripts).toEqual(['--o-a']);
  });

  it('leaves the end to the client where the recorded client closed', () => {
    const { scripts } = recorded(
      session(
        [
          OPEN,
          { at: 5, type: 'sentClose', code: 1000, reason: '' },
          message(6, '1'),
          { at: 7, type: 'close', code: 1000, reason: '' },
        ],
        [OPEN, { at: 5, type: 'sentClose', code: 1000, reason: '' }, { at: 7, type: 'drop' }],
        [OPEN, { at: 5, type: 'terminated' }],
        [OPEN, { at: 5, type: 'terminated' }, { at: 7, type: 'drop' }],
      ),
    );

    expect(scripts).toEqual(['--o---a', '--o', '--o', '--o']);
  });

  it('has letters enough, one for each value', () => {
    const events = Array.from({ length: 30_000 }, (_, n) => message(3 + n, String(n)));
    const { scripts, values } = recorded(session([OPEN, ...events]));

    expect(new Set(scripts[0]).size).toBe(30_002);
    const letters = [...scripts[0]!.slice('--o'.length)];
    expect(letters.slice(50, 53)).toEqual(['Z', '\u4e00', '\u4e01']);
    expect(letters.slice(50 + 0x5000, 53 + 0x5000)).toEqual(['\u9dff', '\u{20000}', '\u{20001}']);
    expect(Object.values(values)).toEqual(events.map((_, n) => n));
    const { messages } = played(session([OPEN, ...events.slice(0, 100)]));
    expect(messages).toEqual(events.slice(0, 100).map((_, n) => `${n + 3} "${n}"`));
  });

  it('takes other values beside its own', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, recorded(session([OPEN, message(5, '1')])), { a: 'in its place' });
      const log = record(observeWebSocket({ url: 'ws://test', transport }).messages);

      flush();

      expect(log).toEqual(['5 "in its place"']);
    });
  });

  it.each<[unknown, string]>([
    [undefined, 'Expected `session` to be an object, got undefined.'],
    ['{}', 'Expected `session` to be an object'],
    [{}, 'Expected `session.version` to be 1, got undefined.'],
    [{ version: 2, connections: [] }, 'Expected `session.version` to be 1, got 2.'],
    [{ version: 1 }, 'Expected `session.connections` to be an array of at least one connection, got undefined.'],
    [{ version: 1, connections: [] }, 'Expected `session.connections` to be an array of at least one connection'],
    [{ version: 1, connections: [5] }, 'Expected `session.connections[0]` to be an object, got 5.'],
    [{ version: 1, connections: [{}] }, 'Expected `session.connections[0].events` to be an array, got undefined.'],
    [session([null as never]), 'Expected `session.connections[0].events[0]` to be an object, got null.'],
    [
      session([{ type: 'open' } as never]),
      'Expected `session.connections[0].events[0].at` to be an integer of 0 or more',
    ],
    [session([{ ...OPEN, at: 0.5 }]), '`session.connections[0].events[0].at` to be an integer of 0 or more, got 0.5'],
    [session([OPEN, { ...OPEN, at: 1 }]), '`session.connections[0].events[1].at` to be an integer of 2 or more, got 1'],
    [
      session([{ at: 1, type: 'nonsense' } as never]),
      '`session.connections[0].events[0].type` to be a type of the format',
    ],
    [session([OPEN, { type: 'message', at: 3 } as never]), '`session.connections[0].events[1].data` to be a string'],
    [session([OPEN, { type: 'binary', at: 3 } as never]), '`session.connections[0].events[1].data` to be a string'],
    [session([OPEN, { type: 'ping', at: 3 } as never]), '`session.connections[0].events[1].data` to be a string'],
  ])('throws for what is no recording: %j', (recording, problem) => {
    expect(() => recorded(recording as Recording)).toThrow(problem);
    expect(() => recorded(recording as Recording)).toThrow(TypeError);
  });
});

describe('An outage recorded from the server of the demo', () => {
  const file = readFileSync(new URL('./fixtures/demo-outage.json', import.meta.url), 'utf8');
  const outage = JSON.parse(file) as Recording;

  it('holds no secret: no query, no credentials, no header but Retry-After', () => {
    expect(file).not.toMatch(/\?|@|authorization|cookie/i);
    expect(outage.connections.map(({ url }) => url)).toEqual(
      Array(6).fill(expect.stringMatching(/^ws:[\w/.:]+\/trades$/)),
    );
  });

  it('is survived in virtual time as it was in real time, up to its end', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, recorded(outage));
      const feed = observeWebSocket<{ id: number }>(
        { url: 'ws://test', transport: server.transport },
        heartbeat({ interval: 500, timeout: 1200, random: () => 0.5 }),
        stopOnFatalClose(),
        retryWithBackoff({ delays: [300, 600, 900, 1200, 1500], random: () => 0 }),
      );
      const ids: number[] = [];
      const lines = record(feed.lifecycle, brief);
      feed.messages.subscribe({ next: ({ id }) => ids.push(id), error: () => undefined });

      flush();

      expect(lines.filter((line) => !line.includes('heartbeat'))).toEqual([
        '0 connecting 1',
        '10 open 1',
        '2223 close 1006 remote unclean',
        '2223 reconnecting 1 in 300 after ConnectionClosedError',
        '2523 connecting 2',
        '2526 error HandshakeError',
        '2526 close 1006 remote unclean',
        '2526 reconnecting 2 in 1000 after HandshakeError', // of the server's Retry-After
        '3526 connecting 3',
        '3528 error HandshakeError',
        '3528 close 1006 remote unclean',
        '3528 reconnecting 3 in 1000 after HandshakeError',
        '4528 connecting 4',
        '4530 open 4',
        '5845 close 1012 restarting remote',
        '5845 reconnecting 4 in 1200 after ConnectionClosedError',
        '7045 connecting 5',
        '7050 open 5',
        '9500 close 1006 local unclean', // the server is silent from 8030 on
        '9500 reconnecting 5 in 1500 after HeartbeatTimeoutError',
        '11000 connecting 6',
        '11004 open 6',
        '12051 rejected {"id": 0, "symbol": "BTC", "price":',
        '13395 close 4403 subscription expired remote',
        '13395 # FatalCloseError',
      ]);
      expect(ids).toHaveLength(236);
      expect(ids.every((id, index) => index === 0 || id > ids[index - 1]!)).toBe(true);
    });
  });

  it('is drawn as marbles', () => {
    inVirtualTime(({ cold }) => {
      const { connections } = outage;
      const part = { version: 1, connections: connections.slice(1, 3) } as const;
      const { transport } = scriptedServer(cold, recorded(part));
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [600] }));

      expectLifecycle(feed).toBe('c--(exr) 995ms c-(ex#)');
    });
  });

  it('is played at its times outside of virtual time, too', async () => {
    const { connections } = outage;
    const { transport } = scriptedServer(coldOn(), recorded({ version: 1, connections: connections.slice(1, 2) }));
    const feed = observeWebSocket({ url: 'ws://test', transport });

    await expect(new Promise((_, reject) => feed.lifecycle.subscribe({ error: reject }))).rejects.toMatchObject({
      status: 503,
    });
  });
});
