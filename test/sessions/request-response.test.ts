import { fc } from '@fast-check/vitest';
import { asyncScheduler, catchError, concat, delay, EMPTY, from, mergeMap, retry, take, timer } from 'rxjs';
import type { Subscription } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  HeartbeatTimeoutError,
  isRequestTimeoutError,
  observeWebSocket,
  ofType,
  requestResponse,
  RequestTimeoutError,
  retryWithBackoff,
} from '../../src/index.node.js';
import type { Supervision, WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';
import { closeWith, scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { VirtualServer } from './virtual-server.js';
import type { Said } from './virtual-server.js';

interface Answer {
  id?: number;
  ok: boolean;
}

const idOf = ({ id }: Answer) => id;
const yes = (id: number) => ({ id, ok: true });

function feedOf(
  config: Partial<WebSocketConfig<Answer, Said>>,
  ...supervision: Supervision[]
): WebSocketConnection<Answer, Said> {
  return observeWebSocket<Answer, Said>({ url: 'ws://test', ...config }, ...supervision);
}

const atOnce = () => retryWithBackoff({ delays: Array<number>(99).fill(2) }) as Supervision;
const only = ({ id }: Answer) => String(id);

describe('requestResponse', () => {
  it('emits the first message with the id, and completes', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-x-a-a'], { x: { ok: false }, a: yes(1) });
      const sent = record(server.sent);
      const closes = record(server.closes);
      const request = requestResponse(feedOf({ transport: server.transport }), { idOf });

      const log = record(request(1, { id: 1 }));
      flush();

      expect(sent).toEqual(['0 {"id":1}']);
      expect(log).toEqual(['4 {"id":1,"ok":true}', '4 |']);
      expect(closes).toEqual(['4 {"code":1000,"reason":""}']);
    });
  });

  it('sends with each subscription, and not before', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 3));
      const feed = feedOf({ transport: server.transport, linger: 9 });
      const response = requestResponse(feed, { idOf })(1, { id: 1 });
      requestResponse(feed, { idOf })(2, { id: 2 });

      const log = record(concat(response, response), only);
      flush();

      expect(log).toEqual(['4 1', '7 1', '7 |']);
      expect(server.peers.map(({ heard }) => heard)).toEqual([[{ id: 1 }, { id: 1 }]]);
    });
  });

  it('keeps the connection from one request to the next', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 1));
      const request = requestResponse(feedOf({ transport: server.transport }), { idOf });

      const log = record(from([1, 2, 3]).pipe(mergeMap((id) => request(id, { id }), 1)), only);
      flush();

      expect(log).toEqual(['2 1', '3 2', '4 3', '4 |']);
      expect(server.peers).toHaveLength(1);
      expect(server.open).toEqual([]);
    });
  });

  it('tells concurrent ones apart, answered in any order', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-c-a-u-b'], { a: yes(1), b: yes(2), c: yes(3), u: yes(77) });
      const request = requestResponse(feedOf({ transport }), { idOf });

      const logs = [1, 2, 3].map((id) => record(request(id, { id }), only));
      flush();

      expect(logs).toEqual([
        ['4 1', '4 |'],
        ['8 2', '8 |'],
        ['2 3', '2 |'],
      ]);
    });
  });

  it('refuses a second one with an id that is waited for, and lets the first one be', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o--a'], { a: yes(1) });
      const sent = record(server.sent);
      const request = requestResponse(feedOf({ transport: server.transport }), { idOf });
      let refusal: unknown;

      const log = record(request(1, { id: 1 }), only);
      request(1, 'second').subscribe({ error: (error: unknown) => (refusal = error) });
      flush();

      expect(refusal).toMatchObject({ message: 'The request 1 waits for its response already.', fatal: false });
      expect(log).toEqual(['3 1', '3 |']);
      expect(sent).toEqual(['0 {"id":1}']);
    });
  });

  it('lets an id be used again by whoever is told the response, or the error', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-#', 'o-a'], { a: yes(1) });
      const request = requestResponse(feedOf({ transport }, atOnce()), { idOf });
      const logs: string[][] = [];
      const again = () => void logs.push(record(request(1, 'again'), only));

      request(1, 'first').subscribe({
        next: () => request(1, 'second').subscribe({ error: again }),
      });
      flush();

      expect(logs).toEqual([['8 1', '8 |']]);
    });
  });

  describe('while there is no connection', () => {
    it('waits in the outbox, in order', () => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['--o-a'], { a: yes(1) });
        const sent = record(server.sent);
        const feed = feedOf({ transport: server.transport });
        const request = requestResponse(feed, { idOf });

        feed.messages.next('before');
        const log = record(request(1, { id: 1 }), only);
        feed.messages.next('after');
        flush();

        expect(sent).toEqual(['2 "before"', '2 {"id":1}', '2 "after"']);
        expect(log).toEqual(['4 1', '4 |']);
      });
    });

    it('waits in the outbox of every connection, and right behind it where it is made as that opens', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const server = scriptedServer(cold, ['o--#', '--o']);
        const sent = record(server.sent);
        const feed = feedOf({ transport: server.transport }, atOnce());
        const request = requestResponse(feed, { idOf });

        record(feed.lifecycle, brief, timer(9));
        record(request(1, { id: 1 }), only);
        at(4, () => {
          record(request(2, { id: 2 }), only, timer(9));
          feed.messages.next('queued');
          feed.lifecycle.pipe(ofType('open'), take(1)).subscribe(() => record(request(3, { id: 3 }), only, timer(9)));
        });
        flush();

        expect(sent).toEqual(['0 {"id":1}', '7 {"id":2}', '7 "queued"', '7 {"id":3}']);
      });
    });

    it('is never sent where it was given up before', () => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['------o']);
        const sent = record(server.sent);
        const request = requestResponse(feedOf({ transport: server.transport }), { idOf, timeout: 4 });

        record(request(1, { id: 1 }), only, timer(3));
        const late = record(request(2, { id: 2 }), only);
        timer(1).subscribe(() => record(request(3, 'the only one'), only, timer(9)));
        timer(1).subscribe(() => record(request(4, { id: 4 }), only, timer(3)));
        flush();

        expect(late).toEqual(['4 # RequestTimeoutError']);
        expect(sent).toEqual([]);
      });
    });

    it('is not interrupted by the attempts that fail meanwhile', () => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['#', '-#', 'o-a'], { a: yes(1) });
        const sent = record(server.sent);
        const request = requestResponse(feedOf({ transport: server.transport }, atOnce()), { idOf });

        const log = record(request(1, { id: 1 }), only);
        flush();

        expect(sent).toEqual(['5 {"id":1}']);
        expect(log).toEqual(['7 1', '7 |']);
      });
    });

    it('errors where there will be none: with what the connection failed with', () => {
      inVirtualTime(({ cold, flush }) => {
        const { transport } = scriptedServer(cold, ['--#']);
        const request = requestResponse(feedOf({ transport }), { idOf });

        const log = record(request(1, { id: 1 }), only);
        flush();

        expect(log).toEqual(['2 # HandshakeError']);
      });
    });
  });

  describe('when the connection is lost', () => {
    it.each<[string, Supervision[], string]>([
      ['for good', [], '3 # ConnectionClosedError'],
      ['and comes back', [atOnce()], '3 # ConnectionClosedError'],
      ['and rxjs retries', [retry({ delay: 1000, count: 1 })], '3 # ConnectionClosedError'],
    ])('%s, errors at once with its error', (_how, supervision, expected) => {
      inVirtualTime(({ cold, flush }) => {
        const { transport } = scriptedServer(cold, ['o--x', '------o|'], { x: closeWith(4321, 'mine') });
        const request = requestResponse(feedOf({ transport }, ...supervision), { idOf });
        const errors: unknown[] = [];

        const log = record(request(1, { id: 1 }).pipe(catchError((error: unknown) => (errors.push(error), EMPTY))));
        const same = record(request(2, { id: 2 }), only);
        flush();

        expect(log).toEqual(['3 |']);
        expect(same).toEqual([expected]);
        expect(errors).toMatchObject([{ code: 4321, reason: 'mine', wasClean: true }]);
      });
    });

    it('errors with the most specific error there is', () => {
      inVirtualTime(({ cold, flush }) => {
        const { transport } = scriptedServer(cold, ['o']);
        const feed = feedOf({ transport }, atOnce());
        feed.lifecycle
          .pipe(ofType('open'), take(1), delay(3))
          .subscribe(({ link }) => link.terminate(new HeartbeatTimeoutError('silent')));

        const log = record(requestResponse(feed, { idOf })(1, { id: 1 }), only);
        flush();

        expect(log).toEqual(['3 # HeartbeatTimeoutError']);
      });
    });

    it('may be asked again at once, which waits for the next connection', () => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['o--#', '--o-a'], { a: yes(1) });
        const sent = record(server.sent);
        const request = requestResponse(feedOf({ transport: server.transport }, atOnce()), { idOf });

        const log = record(request(1, { id: 1 }).pipe(retry(1)), only);
        flush();

        expect(sent).toEqual(['0 {"id":1}', '7 {"id":1}']);
        expect(log).toEqual(['9 1', '9 |']);
      });
    });

    it('errors with what became of it where we closed: interrupted, or given up', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const { transport } = scriptedServer(cold, ['o--#']);
        const feed = feedOf({ transport }, retryWithBackoff({ delays: [9] }));
        const request = requestResponse(feed, { idOf });
        const errors: unknown[] = [];

        at(1, () => request(1, { id: 1 }).subscribe({ error: (error: unknown) => errors.push(error) }));
        at(4, () => request(2, { id: 2 }).subscribe({ error: (error: unknown) => errors.push(error) }));
        record(feed.lifecycle, brief);
        at(6, () => void feed.close(4000, 'enough'));
        flush();

        expect(errors).toMatchObject([
          { name: 'ConnectionClosedError', code: 1006 },
          { name: 'MessageDroppedError', reason: 'closed' },
        ]);
      });
    });

    it('errors with 1000 where we closed an open one', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const { transport } = scriptedServer(cold, ['o']);
        const feed = feedOf({ transport });
        const errors: unknown[] = [];

        requestResponse(feed, { idOf })(1, { id: 1 }).subscribe({ error: (error: unknown) => errors.push(error) });
        at(2, () => void feed.close());
        flush();

        expect(errors).toMatchObject([{ name: 'ConnectionClosedError', code: 1000, wasClean: true }]);
      });
    });
  });

  describe('timeout', () => {
    it('is measured by the scheduler that is given', () => {
      const clock = new CountingScheduler();
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket<{ id: number }, { id: number }>({ url: 'ws://test', transport });
      const request = requestResponse(feed, { idOf: ({ id }) => id, timeout: 50, scheduler: clock });
      const errors: unknown[] = [];
      request(1, { id: 1 }).subscribe({ error: (error: unknown) => errors.push(error) });

      clock.advance(49);
      const early = errors.length;
      clock.advance(1);

      expect(early).toBe(0);
      expect(errors).toEqual([expect.objectContaining({ name: 'RequestTimeoutError' })]);
    });

    it('errors with a RequestTimeoutError, and ignores the late response', () => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['o-----a-a'], { a: yes(1) });
        const request = requestResponse(feedOf({ transport: server.transport, linger: 9 }), { idOf, timeout: 4 });
        const errors: unknown[] = [];

        const first = record(request(1, { id: 1 }).pipe(retry({ count: 1, delay: 3 })), only);
        request(2, { id: 2 }).subscribe({ error: (error: unknown) => errors.push(error) });
        flush();

        expect(first).toEqual(['8 1', '8 |']);
        expect(errors).toEqual([new RequestTimeoutError(2, 4)]);
        expect(isRequestTimeoutError(errors[0])).toBe(true);
        expect(errors[0]).toMatchObject({ timeout: 4, message: 'No response to the request 2 within 4 ms.' });
      });
    });

    it('counts from the subscription, and leaves nothing running', () => {
      inVirtualTime(({ cold, flush }) => {
        const { transport } = scriptedServer(cold, ['----o-a'], { a: yes(1) });
        const request = requestResponse(feedOf({ transport }), { idOf, timeout: 1_000_000 });

        const log = record(request(1, { id: 1 }), only);
        flush();

        expect(log).toEqual(['6 1', '6 |']);
        expect(asyncScheduler.now()).toBeLessThan(100);
      });
    });

    it.each([
      [1e12, [2_147_483_647]],
      [Infinity, []],
    ])('of %d is as long as timers can be, or none', (timeout, delays) => {
      const schedule = vi.spyOn(asyncScheduler, 'schedule');
      const transport = playedSockets({ answersClose: false });
      const request = requestResponse(feedOf({ transport, connectTimeout: Infinity }), {
        idOf,
        timeout,
      });

      request(1, { id: 1 }).subscribe().unsubscribe();

      expect(schedule.mock.calls.map(([, delay]) => delay).filter(Boolean)).toEqual(delays);
      schedule.mockRestore();
    });

    it('is told apart from other errors', () => {
      expect(isRequestTimeoutError(new Error('RequestTimeoutError'))).toBe(false);
      expect(isRequestTimeoutError(Object.assign(new Error(), { name: 'RequestTimeoutError' }))).toBe(false);
      expect(isRequestTimeoutError(new HeartbeatTimeoutError('silent'))).toBe(false);
    });
  });

  it('forgets a request that was unsubscribed, and ignores its response', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o---a-b'], { a: yes(1), b: yes(2) });
      const request = requestResponse(feedOf({ transport }), { idOf });

      const first = record(request(1, { id: 1 }), only, timer(2));
      const second = record(request(2, { id: 2 }), only);
      flush();

      expect([first, second]).toEqual([[], ['6 2', '6 |']]);
    });
  });

  it('errors at once where the request does not encode', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['--o']);
      const request = requestResponse(feedOf({ transport }), { idOf });

      const log = record(request(1, undefined as never), only);
      flush();

      expect(log).toEqual(['0 # MessageDroppedError']);
    });
  });

  it('rejects a message for which `idOf` throws, and waits on', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-x-a'], { x: null, a: yes(1) });
      const feed = feedOf({ transport });
      const events = record(feed.events, brief);

      const log = record(requestResponse(feed, { idOf })(1, { id: 1 }), only);
      flush();

      expect(log).toEqual(['4 1', '4 |']);
      expect(events.filter((line) => line.includes('rejected'))).toEqual(['2 rejected null']);
    });
  });

  it('takes an answer that comes while it is sent', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer((said, peer) => peer.send(said));
      const request = requestResponse(feedOf({ transport: server.transport }), { idOf });

      const log = record(request(1, { id: 1 }), only);
      flush();

      expect(log).toEqual(['1 1', '1 |']);
    });
  });

  it('sends at once on a connection that is open already', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 2));
      const feed = feedOf({ transport: server.transport });
      record(feed.lifecycle, brief, timer(20));
      const request = requestResponse(feed, { idOf });
      const logs: string[][] = [];

      timer(5).subscribe(() => logs.push(record(request(1, { id: 1 }), only), record(request(2, { id: 2 }), only)));
      timer(6).subscribe(() => logs.push(record(request(3, { id: 3 }), only)));
      flush();

      expect(logs).toEqual([
        ['7 1', '7 |'],
        ['7 2', '7 |'],
        ['8 3', '8 |'],
      ]);
    });
  });

  it.each([
    [{ idOf: 'id' }, TypeError, 'Expected `idOf` to be a function, got "id".'],
    [{ timeout: -1 }, RangeError, 'Expected `timeout` to be a number of 0 or more, got -1.'],
    [{ timeout: '1' }, TypeError, 'Expected `timeout` to be a number of 0 or more, got "1".'],
    [{ scheduler: null }, TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
  ])('refuses %o when it is made', (bad, Kind, message) => {
    const feed = feedOf({});

    expect(() => requestResponse(feed, { idOf, ...bad } as never)).toThrow(new Kind(message));
  });

  it('ends every request once, with its own response or an error, and sends none twice', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        inVirtualTime(({ at, flush }) => {
          const delays = [1, 5, 2];
          const server = new VirtualServer((said, peer) => {
            const { id } = said as { id: number };
            asyncScheduler.schedule(() => peer.send(yes(id)), delays[id % 3]);
          });
          const feed = feedOf({ transport: server.transport }, atOnce());
          const request = requestResponse(feed, { idOf, timeout: 12 });
          const ends: string[][] = [];
          const pending: [number, Subscription][] = [];
          const cancelled = new Set<number>();
          let now = 0;

          for (const { wait, what } of deeds) {
            at((now += wait), () => {
              if (what === 'request') {
                const id = ends.push([]) - 1;
                const end = (how: string) => ends[id]!.push(how);
                const subscription = request(id, { id }).subscribe({
                  next: (answer) => end(`response ${answer.id}`),
                  error: (error: unknown) => end((error as Error).name),
                  complete: () => end('|'),
                });
                pending.push([id, subscription]);
              }
              if (what === 'cancel' && pending.length > 0) {
                const [id, subscription] = pending.pop()!;
                subscription.unsubscribe();
                cancelled.add(id);
              }
              if (what === 'drop') server.drop();
              if (what === 'refuse') server.isUp = false;
              if (what === 'accept') server.isUp = true;
            });
          }
          at(now + 1, () => (server.isUp = true));
          flush();

          const heard = new Set(server.peers.flatMap(({ heard }) => heard.map((said) => (said as { id: number }).id)));
          for (const [id, how] of ends.entries()) {
            const possible = [`response ${id},|`, 'RequestTimeoutError'];
            if (heard.has(id)) possible.push('ConnectionClosedError');
            if (cancelled.has(id)) possible.push('');
            expect(possible).toContain(how.join());
          }
          expect(heard.size).toBe(server.peers.flatMap(({ heard }) => heard).length);
          expect(server.open).toEqual([]);
        });
      }),
      { numRuns: 300 },
    );
  });
});

const deed = fc.record({
  wait: fc.nat({ max: 3 }),
  what: fc.constantFrom('request', 'request', 'request', 'cancel', 'drop', 'refuse', 'accept'),
});
