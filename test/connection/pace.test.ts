import { fc } from '@fast-check/vitest';
import { asyncScheduler, NEVER } from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  atMost,
  observeWebSocket,
  ofType,
  onOpen,
  requestResponse,
  retryWithBackoff,
  text,
} from '../../src/index.node.js';
import type { Link, Pace, Transport, WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

/** What was sent: when, on which connection. */
interface Sent {
  readonly at: number;
  readonly on: number;
  readonly what: string;
}

/** Sockets that open after a millisecond and write down when what is sent. */
function network() {
  const sent: Sent[] = [];
  const sockets: { drop(): void; pong(): void; isOpen: boolean }[] = [];
  const transport: Transport = {
    canPause: false,
    canSetHeaders: false,
    open(_request, sink) {
      const on = sockets.length;
      let phase = 0;
      const note = (what: string) => void sent.push({ at: asyncScheduler.now(), on, what });
      const close = (code: number, reason = '') => {
        if (phase === 2) return;
        phase = 2;
        sink.onClose(code, reason, code !== 1006);
      };
      sockets.push({ drop: () => close(1006), pong: () => sink.onPing(undefined), get isOpen() { return phase === 1; } }); // prettier-ignore
      asyncScheduler.schedule(() => {
        if (phase !== 0) return;
        phase = 1;
        sink.onOpen('', '');
      }, 1);
      return {
        get readyState() {
          return Number(phase === 1);
        },
        bufferedAmount: 0,
        send: (data) => note(String(data)),
        ping: () => note('ping'),
        close: (code, reason) => {
          note(`close ${code}`);
          close(code, reason);
        },
        terminate: () => void (phase = 2),
      };
    },
  };
  return { transport, sockets, sent, lines: () => sent.map(({ at, what }) => `${at} ${what}`) };
}

function open(pace: Pace | readonly Pace[], config: Partial<WebSocketConfig<string>> = {}) {
  const net = network();
  const feed = observeWebSocket<string>(
    { url: 'ws://test', transport: net.transport, codec: text(), pace, ...config },
    retryWithBackoff({ delays: Array<number>(99).fill(2) }),
  );
  const log = record(feed.lifecycle, brief);
  return { ...net, feed, log, send: (...values: string[]) => values.forEach((value) => feed.messages.next(value)) };
}

describe('pace', () => {
  it('lets so many messages go in any window, which is a tenth longer, and the rest when it may', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines } = open(atMost(2, 10));
      at(5, () => send('a', 'b', 'c', 'd', 'e'));
      at(12, () => send('f'));
      at(90, () => void feed.close());
      flush();

      expect(lines()).toEqual(['5 a', '5 b', '16 c', '16 d', '27 e', '27 f', '90 close 1000']);
    });
  });

  it.each([
    [2, Infinity, ['5 a', '5 b', '90 close 1000']],
    [Infinity, 10, ['5 a', '5 b', '5 c', '6 d', '90 close 1000']],
    [Infinity, Infinity, ['5 a', '5 b', '5 c', '6 d', '90 close 1000']],
  ])('takes %s messages in %s ms at its word', (messages, per, expected) => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines } = open(atMost(messages, per));
      at(5, () => send('a', 'b', 'c'));
      at(6, () => send('d'));
      at(90, () => void feed.close());
      flush();

      expect(lines()).toEqual(expected);
    });
  });

  describe('sends nothing that is older than maxAge', () => {
    const dropped = (feed: WebSocketConnection<string>) => {
      const seen: string[] = [];
      feed.events.pipe(ofType('dropped')).subscribe(({ count, reason }) => void seen.push(`${count} ${reason}`));
      return seen;
    };

    it.each([
      ['that has expired before close()', 300, ['2 expired']],
      ['that expires before its turn in a closing', 1050, ['1 expired', '1 expired']],
      ['but what has not', 1150, ['1 expired']],
    ])('%s', (_, maxAge, expected) => {
      inVirtualTime(({ at, flush }) => {
        const { feed, send, lines } = open(atMost(1, 1000), { outbox: { maxAge }, closeTimeout: 5000 });
        const seen = dropped(feed);
        at(100, () => send('a', 'b', 'c'));
        at(600, () => void feed.close());
        flush();

        const sent = maxAge > 1100 ? ['100 a', '1200 b'] : ['100 a'];
        expect(lines().slice(0, -1)).toEqual(sent);
        expect(lines().at(-1)).toMatch(/close 1000$/);
        expect(seen).toEqual(expected);
        expect(feed.stats).toMatchObject({ sent: sent.length, dropped: 3 - sent.length, queued: 0 });
      });
    });

    it('where who hears of it ends the connection, and the rest is given up', () => {
      inVirtualTime(({ at, flush }) => {
        const { feed, send, lines } = open(atMost(1, 1000), { outbox: { maxAge: 1050 }, closeTimeout: 5000 });
        const reader = feed.messages.subscribe();
        const seen = dropped(feed);
        feed.events.pipe(ofType('dropped')).subscribe(() => reader.unsubscribe());
        at(100, () => send('a', 'b', 'c'));
        at(600, () => void feed.close());
        flush();

        expect(lines()[0]).toBe('100 a');
        expect(seen.length).toBeGreaterThan(0);
        expect(feed.stats).toMatchObject({ sent: 1, dropped: 2, queued: 0 });
      });
    });

    it('nor where there is no connection', () => {
      inVirtualTime(({ at, flush }) => {
        const { feed, send, sockets } = open(atMost(1, 1000), { outbox: { maxAge: 1 } });
        const seen = dropped(feed);
        at(5, () => {
          sockets[0]!.drop();
          send('a');
        });
        at(7, () => void feed.close());
        flush();

        expect(seen).toEqual(['1 expired']);
      });
    });
  });

  it.each([0, 3])('lets what is sent as the connection opens go at once, with a capacity of %s', (capacity) => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines } = open(atMost(5, 1000), { outbox: { capacity } });
      const before = capacity ? ['a', 'b', 'c'] : [];
      send(...before);
      feed.events.pipe(ofType('open')).subscribe(() => send('hello', 'there'));
      at(90, () => void feed.close());
      flush();

      expect(lines().slice(0, -1)).toEqual([...before, 'hello', 'there'].map((what) => `1 ${what}`));
      expect(feed.stats.dropped).toBe(0);
    });
  });

  it('has what waits for its turn as the connection opens within the bounds of the outbox', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines } = open(atMost(2, 10), { outbox: { capacity: 2 } });
      feed.events.pipe(ofType('open')).subscribe(() => send('a', 'b', 'c', 'd', 'e'));
      at(90, () => void feed.close());
      flush();

      expect(lines()).toEqual(['1 a', '1 b', '12 d', '12 e', '90 close 1000']);
      expect(feed.stats.dropped).toBe(1);
    });
  });

  it('keeps a window 100 ms longer at most', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines } = open(atMost(1, 60_000));
      at(5, () => send('a', 'b'));
      at(60_200, () => void feed.close());
      flush();

      expect(lines()).toEqual(['5 a', '60105 b', '60200 close 1000']);
    });
  });

  it('holds each of several', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines } = open([atMost(2, 10), atMost(3, 100)]);
      at(5, () => send('a', 'b', 'c', 'd'));
      at(200, () => void feed.close());
      flush();

      expect(lines()).toEqual(['5 a', '5 b', '16 c', '115 d', '200 close 1000']);
    });
  });

  it('holds for what waited for the connection, and begins anew with the next one', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, sent, sockets } = open(atMost(2, 10));
      send('a', 'b', 'c', 'd');
      at(5, () => sockets[0]!.drop());
      at(90, () => void feed.close());
      flush();

      expect(sent.map(({ at: when, on, what }) => `${on}: ${when} ${what}`)).toEqual([
        ...['0: 1 a', '0: 1 b', '1: 8 c', '1: 8 d', '1: 90 close 1000'],
      ]);
    });
  });

  it('lets what is sent raw go first, then what links send, then the outbox', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines } = open(atMost(1, 10));
      at(5, () => {
        send('out 1', 'out 2');
        feed.link!.send('link 1');
        feed.link!.sendRaw('raw 1');
        feed.link!.send('link 2');
        feed.link!.sendRaw('raw 2');
        expect(feed.stats.queued).toBe(5);
      });
      at(90, () => void feed.close());
      flush();

      expect(lines().slice(0, -1)).toEqual(['5 out 1', '16 raw 1', '27 raw 2', '38 link 1', '49 link 2', '60 out 2']);
    });
  });

  it('counts pings and pongs, which do not wait', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines, sockets } = open(atMost(2, 10));
      at(5, () => {
        send('a');
        feed.link!.ping!();
        feed.link!.ping!();
        send('b');
      });
      at(12, () => sockets[0]!.pong());
      at(90, () => void feed.close());
      flush();

      expect(lines()).toEqual(['5 a', '5 ping', '5 ping', '16 b', '90 close 1000']);
    });
  });

  it('has close() send what can go within closeTimeout, and drops the rest at once', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines, log } = open(atMost(1, 10), { closeTimeout: 25 });
      at(5, () => {
        send('a', 'b', 'c', 'd', 'e');
        void feed.close();
      });
      flush();

      expect(lines()).toEqual(['5 a', '16 b', '27 c', '27 close 1000']);
      expect(log.slice(2)).toEqual(['5 dropped 2 closed', '27 close 1000 local', '27 |']);
    });
  });

  it.each([
    [5, ['5 a', '5 close 1000'], ['5 dropped 2 closed']],
    [21, ['5 a', '16 b', '16 close 1000'], ['5 dropped 1 closed']],
    [22, ['5 a', '16 b', '27 c', '27 close 1000'], []],
    [99, ['5 a', '16 b', '27 c', '27 close 1000'], []],
  ])('has close() send what can go within %i ms, that included', (closeTimeout, sent, dropped) => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines, log } = open(atMost(1, 10), { closeTimeout });
      at(5, () => {
        send('a', 'b', 'c');
        void feed.close();
        expect(feed.stats.queued).toBe(2 - feed.stats.dropped);
      });
      flush();

      expect(lines()).toEqual(sent);
      expect(log.filter((line) => line.includes('dropped'))).toEqual(dropped);
    });
  });

  it('has an unsubscribe during close() wait for nothing that was to be sent before', () => {
    inVirtualTime(({ at, flush }) => {
      const net = network();
      const feed = observeWebSocket<string>({ url: 'ws://test', ...net, codec: text(), pace: atMost(1, 10) });
      const reader = feed.messages.subscribe();
      at(5, () => {
        ['a', 'b'].forEach((value) => feed.messages.next(value));
        void feed.close();
      });
      at(6, () => reader.unsubscribe());
      flush();

      expect(net.lines()).toEqual(['5 a', '6 close 1000']);
    });
  });

  it.each<[string, (feed: WebSocketConnection<string>, value: string) => void]>([
    ['messages.next', ({ messages }, value) => messages.next(value)],
    ['link.send', ({ link }, value) => link!.send(value)],
    ['link.sendRaw', ({ link }, value) => link!.sendRaw(value)],
  ])('has nothing overtaken by %s in the millisecond that its turn comes in', (_how, put) => {
    inVirtualTime(({ at, flush }) => {
      const { feed, lines } = open(atMost(1, 10));
      at(16, () => put(feed, 'c'));
      at(5, () => ['a', 'b'].forEach((value) => put(feed, value)));
      at(90, () => void feed.close());
      flush();

      expect(lines()).toEqual(['5 a', '16 b', '27 c', '90 close 1000']);
    });
  });

  it.each<[string, (feed: WebSocketConnection<string>, value: string) => void]>([
    ['messages.next', ({ messages }, value) => messages.next(value)],
    ['link.send', ({ link }, value) => link!.send(value)],
    ['link.sendRaw', ({ link }, value) => link!.sendRaw(value)],
  ])('has nothing overtaken by %s in the middle of what goes out together', (_how, put) => {
    inVirtualTime(({ at, flush }) => {
      const net = network();
      const transport: Transport = {
        ...net.transport,
        open(request, sink) {
          const socket = net.transport.open(request, sink);
          const send = (data: string | Uint8Array) => {
            if (data === 'd') put(feed, 'f'); // something is answered while the socket takes a message
            socket.send(data);
          };
          return Object.create(socket, { send: { value: send } }) as typeof socket;
        },
      };
      const feed = observeWebSocket<string>({ url: 'ws://test', transport, codec: text(), pace: atMost(3, 10) });
      feed.messages.subscribe();
      at(5, () => ['a', 'b', 'c', 'd', 'e'].forEach((value) => put(feed, value)));
      at(90, () => void feed.close());
      flush();

      expect(net.lines()).toEqual(['5 a', '5 b', '5 c', '16 d', '16 e', '16 f', '90 close 1000']);
    });
  });

  it('lets go what a set-up sends, when it may', () => {
    inVirtualTime(({ at, flush }) => {
      const net = network();
      const feed = observeWebSocket<string>(
        { url: 'ws://test', ...net, codec: text(), pace: atMost(1, 10) },
        onOpen((link) => {
          ['a', 'b', 'c'].forEach((value) => link.send(value));
          return NEVER;
        }),
      );
      feed.messages.subscribe();
      at(90, () => void feed.close());
      flush();

      expect(net.lines()).toEqual(['1 a', '12 b', '23 c', '90 close 1000']);
    });
  });

  it('has what the old connection of a handover has waiting go out on that one', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, sent } = open(atMost(1, 10));
      at(5, () => {
        ['a', 'b', 'c'].forEach((value) => feed.link!.send(value));
        feed.reconnect({ overlap: 50 });
      });
      at(90, () => void feed.close());
      flush();

      expect(sent.map(({ on, at: time, what }) => `${on}: ${time} ${what}`)).toEqual([
        ...['0: 5 a', '0: 16 b', '0: 27 c', '0: 56 close 1000', '1: 90 close 1000'],
      ]);
    });
  });

  it('has `sendRaw` say when what waited has gone out, and complete where it never does', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, sockets } = open(atMost(1, 10));
      let logs: string[][] = [];
      at(5, () => {
        feed.link!.sendRaw('a');
        const link = feed.link as unknown as { sendRaw(data: string): Observable<unknown> }; // a heartbeat waits for it
        logs = ['b', 'c'].map((value) => record(link.sendRaw(value), () => 'sent'));
      });
      at(20, () => sockets[0]!.drop());
      at(90, () => void feed.close());
      flush();

      expect(logs).toEqual([['16 sent', '16 |'], ['20 |']]);
    });
  });

  it('sends no request of a link that is unsubscribed from while it waits, and all others', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, lines } = open(atMost(1, 10));
      at(5, () => {
        const request = requestResponse<string, string, number>(feed.link!, { idOf: () => undefined });
        const [, second] = ['a', 'b', 'c'].map((value, id) => request(id, value).subscribe({ error: () => undefined }));
        second!.unsubscribe();
        expect(feed.stats.queued).toBe(1);
      });
      at(90, () => void feed.close());
      flush();

      expect(lines()).toEqual(['5 a', '16 c', '90 close 1000']);
    });
  });

  it('has link.close and an unsubscribe wait for nothing', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines, log } = open(atMost(1, 10));
      at(5, () => {
        send('a', 'b');
        feed.link!.send('link');
        feed.link!.close();
      });
      flush();

      expect(lines()).toEqual(['5 a', '5 close 1000']);
      expect(log.slice(2)).toEqual(['5 dropped 1 closed', '5 close 1000 local', '5 |']);
      expect(feed.stats.queued).toBe(1);
    });
  });

  it('gives up what links had waiting with their connection, ahead of its close; the outbox stays', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, sent, sockets, log } = open(atMost(1, 10));
      at(5, () => {
        send('a', 'b');
        feed.link!.send('link');
        feed.link!.sendRaw('raw');
        sockets[0]!.drop();
      });
      at(60, () => void feed.close());
      flush();

      expect(log.slice(2, 4)).toEqual(['5 dropped 2 closed', '5 close 1006 remote unclean']);
      expect(sent.map(({ on, what }) => `${on} ${what}`)).toEqual(['0 a', '1 b', '1 close 1000']);
    });
  });

  it('bounds what waits for its turn like what waits for the network', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send, lines, log } = open(atMost(1, 10), { outbox: { capacity: 2 } });
      at(5, () => send('a', 'b', 'c', 'd'));
      at(90, () => void feed.close());
      flush();

      expect(lines()).toEqual(['5 a', '16 c', '27 d', '90 close 1000']);
      expect(log[2]).toBe('5 dropped 1 overflow');
    });
  });

  it('leaves no timer behind where nothing waits', () => {
    inVirtualTime(({ at, flush }) => {
      const { feed, send } = open(atMost(1, 1_000_000));
      at(5, () => send('a'));
      at(6, () => void feed.close());
      flush();

      expect(asyncScheduler.now()).toBeLessThan(3000);
    });
  });

  it.each([
    [0, 1, new RangeError('Expected `messages` to be an integer of 1 or more, got 0.')],
    [1.5, 1, new RangeError('Expected `messages` to be an integer of 1 or more, got 1.5.')],
    ['1', 1, new TypeError('Expected `messages` to be an integer of 1 or more, got "1".')],
    [1, 0, new RangeError('Expected `per` to be a number of 1 or more, got 0.')],
    [1, undefined, new TypeError('Expected `per` to be a number of 1 or more, got undefined.')],
  ])('refuses atMost(%o, %o)', (messages, per, error) => {
    expect(() => atMost(messages as never, per as never)).toThrow(error);
  });
});

describe('pace, whatever is sent', () => {
  const deed = fc.record({
    wait: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 30 }) }),
    what: fc.constantFrom('out', 'out', 'out', 'link', 'raw', 'ping', 'pong', 'drop', 'reconnect', 'overlap'),
    many: fc.integer({ min: 1, max: 6 }),
  });
  const limit = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }));

  it('sends never more than any pace allows, loses nothing, and keeps the order of its three lines', () => {
    fc.assert(
      fc.property(
        fc.array(deed, { maxLength: 50 }),
        fc.array(limit, { minLength: 1, maxLength: 3 }),
        (deeds, limits) => {
          inVirtualTime(({ at, flush }) => {
            const { feed, sent, sockets, log } = open(limits.map(([messages, per]) => atMost(messages, per)));
            /** What waits on each connection, by line. */
            const waiting = new Map<number, { raw: string[]; link: string[] }>();
            const out: string[] = [];
            const disorder: string[] = [];
            let link: Link<string, string> | undefined;
            let on = -1;
            let count = 0;
            let now = 0;
            let seen = 0;
            /** Compares what was sent since with what waited before. */
            const check = () => {
              for (; seen < sent.length; seen++) {
                const { on: socket, what } = sent[seen]!;
                const [line] = what.split(' ');
                const mine = waiting.get(socket)!;
                const lines: Record<string, string[] | undefined> = { raw: mine.raw, link: mine.link, out };
                const first = lines[line!];
                if (!first) continue;
                if (first.shift() !== what) disorder.push(`${what} is not the first of its line`);
                if (line !== 'raw' && mine.raw.length > 0) disorder.push(`${what} before ${mine.raw[0]}`);
                if (line === 'out' && mine.link.length > 0) disorder.push(`${what} before ${mine.link[0]}`);
              }
            };
            feed.lifecycle.pipe(ofType('open')).subscribe((event) => {
              link = event.link as Link<string, string>;
              on = sockets.map(({ isOpen }) => isOpen).lastIndexOf(true);
              waiting.set(on, { raw: [], link: [] });
            });
            const send = (what: string) => {
              check();
              const id = `${what} ${++count}`;
              if (what === 'out') out.push(id);
              else if (!link || link.error || !sockets[on]?.isOpen) return;
              else waiting.get(on)![what as 'raw'].push(id);
              if (what === 'out') feed.messages.next(id);
              if (what === 'link') link!.send(id);
              if (what === 'raw') link!.sendRaw(id);
              check();
            };
            for (const { wait, what, many } of deeds) {
              at((now += wait), () => {
                if (what === 'drop') sockets[on]?.drop();
                else if (what === 'reconnect') feed.reconnect();
                else if (what === 'overlap') feed.reconnect({ overlap: many });
                else if (what === 'pong' && on >= 0) sockets[on]!.pong();
                else if (what === 'ping') feed.link?.ping!();
                else for (let n = 0; n < many; n++) send(what);
              });
            }
            at(now + 20_000, () => {
              check();
              expect(feed.stats.queued).toBe(0);
              void feed.close();
            });
            flush();

            expect(disorder).toEqual([]);
            expect(out).toEqual([]);
            expect(log.filter((line) => line.includes('overflow'))).toEqual([]);
            for (const [messages, per] of limits) {
              const window = per + Math.min(per / 10, 100);
              sockets.forEach((_socket, index) => {
                const mine = sent.filter((one) => one.on === index && !one.what.startsWith('close'));
                const early = mine.filter(
                  (one, n) => one.what !== 'ping' && n >= messages && one.at - mine[n - messages]!.at < window,
                );
                expect(early).toEqual([]);
              });
            }
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
