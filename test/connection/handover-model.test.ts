import { fc } from '@fast-check/vitest';
import { asyncScheduler, timer } from 'rxjs';
import { expect, it } from 'vitest';
import { inSequence, observeWebSocket, ofType, onOpen, retryWithBackoff } from '../../src/index.node.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief } from '../helpers/record.js';

const deed = fc.record({
  wait: fc.nat({ max: 8 }),
  what: fc.constantFrom('overlap', 'overlap', 'overlap', 'break old', 'break new', 'close new', 'reconnect', 'pause'),
  ms: fc.nat({ max: 12 }),
});

/** How long a handshake and a set-up take, and whether the handshake succeeds. */
const server = fc.record({ handshake: fc.nat({ max: 5 }), setUp: fc.nat({ max: 5 }), isUp: fc.boolean() });

it('A handover loses no message and delivers none out of order, whichever side fails when, and leaves no socket behind', () => {
  fc.assert(
    fc.property(
      fc.array(deed, { maxLength: 25 }),
      fc.array(server, { minLength: 1, maxLength: 8 }),
      (deeds, servers) => {
        inVirtualTime(({ at, flush }) => {
          const transport = playedSockets();
          const { sockets } = transport;
          const serverOf = (index: number) => (index === 0 ? { handshake: 0, setUp: 0, isUp: true } : servers[index % servers.length]!); // prettier-ignore
          const feed = observeWebSocket<{ n: number; on: number }, unknown>(
            {
              url: 'ws://test',
              transport: {
                ...transport,
                open(request, sink) {
                  const socket = transport.open(request, sink);
                  const index = sockets.length - 1;
                  const played = sockets[index]!;
                  const { handshake, isUp } = serverOf(index);
                  asyncScheduler.schedule(() => {
                    if (!played.isAlive) return;
                    if (isUp) played.open();
                    else played.closed();
                  }, handshake);
                  return socket;
                },
              },
            },
            onOpen(() => timer(serverOf(sockets.length - 1).setUp)),
            retryWithBackoff({ delays: Array<number>(999).fill(2) }),
          );
          const delivered: { n: number; on: number }[] = [];
          const events: string[] = [];
          const gaps: unknown[] = [];
          /** The newest connection that counts as open. */
          let current = -1;
          let mayLose = false;
          let leases = 0;
          let published = 0;
          let now = 10;
          const lifecycle = feed.lifecycle.subscribe((event) => void events.push(brief(event)));
          feed.lifecycle.pipe(ofType('open')).subscribe(({ attempt }) => (current = attempt - 1));
          feed.messages.subscribe((message) => void delivered.push(message));
          feed.messages.pipe(inSequence(({ n }) => n, { onGap: (gap) => void gaps.push(gap) })).subscribe();
          /** Each message goes out on every connection. */
          const publish = () => {
            published++;
            sockets.forEach((socket, on) => socket.readyState === 1 && socket.say({ n: published, on }));
          };

          for (const { wait, what, ms } of deeds) {
            at((now += wait), () => {
              const newest = sockets.length - 1;
              const isBeside = newest > current && feed.state.value.status === 'open';
              if (what === 'overlap') {
                if (feed.state.value.status !== 'open') mayLose = true; // it is `reconnect()` then
                if (leases > 0 && sockets.some(({ isAlive }, index) => isAlive && index < current)) mayLose = true; // it ends at once what holds something back
                feed.reconnect({ overlap: ms, code: 4000 });
              }
              if (what === 'reconnect' && ms < 2) {
                mayLose = true;
                feed.reconnect();
              }
              if (what === 'pause') {
                const release = feed.pause();
                leases++;
                asyncScheduler.schedule(() => {
                  leases--;
                  release();
                }, ms);
              }
              if (what.startsWith('break') || what.startsWith('close')) {
                const index = what.endsWith('new') ? newest : sockets.findIndex(({ isAlive }) => isAlive);
                if (!sockets[index]?.isAlive || ms > 7) return;
                const isOverlapped = index < current; // another one is open already, and has all that comes
                const isExtra = isBeside && index === newest;
                if ((!isOverlapped && !isExtra) || leases > 0) mayLose = true;
                sockets[index].closed(what.startsWith('close') ? 1001 : 1006);
              }
            });
          }
          for (let frame = 1; frame < now + 80; frame++) at(frame, publish);
          at(now + 100, () => {
            expect(feed.state.value.status === 'open' || servers.some(({ isUp }) => !isUp)).toBe(true);
            if (!mayLose) {
              expect(gaps).toEqual([]);
              expect(delivered.at(-1)!.n).toBe(published);
            }
            void feed.close();
          });
          flush();

          for (let n = 1; n < delivered.length; n++) {
            const [one, other] = [delivered[n - 1]!, delivered[n]!];
            expect(other.on > one.on || (other.on === one.on && other.n > one.n)).toBe(true);
          }
          const ends = events
            .map((line) => line.split(' ')[0]!)
            .filter((type) => ['connecting', 'close'].includes(type));
          expect(ends).toEqual(ends.map((_type, index) => (index % 2 ? 'close' : 'connecting')));
          expect(ends.length % 2).toBe(0);
          expect(sockets.filter(({ isAlive }) => isAlive)).toEqual([]);
          expect(lifecycle.closed).toBe(true);
        });
      },
    ),
    { numRuns: 300 },
  );
});
