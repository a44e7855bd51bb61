import { fc } from '@fast-check/vitest';
import type { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, multiplex, retryWithBackoff, SubscriptionError } from '../../src/index.node.js';
import type { MultiplexOptions, Pace, Supervision } from '../../src/index.node.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { feedOf } from './feeds.js';
import type { Tick } from './feeds.js';
import { VirtualServer } from './virtual-server.js';
import type { VirtualPeer } from './virtual-server.js';

/** What a client asks: for a key, or to stop it. */
interface Asked {
  sub?: string;
  unsub?: string;
  id: number;
  as?: string;
}

/** What the server does about a message, and how long it takes for that. */
interface Outcome {
  what: 'ok' | 'refuse' | 'done';
  delay: number;
}

/** What it has on one connection, by the id that asked for it. */
interface Served {
  key: string;
  as: string;
  isActive: boolean;
  /** Whether the client knows what became of it. */
  isKnown: boolean;
}

const KEYS = ['a', 'b', 'c'];

const BY_ID: MultiplexOptions<Tick, unknown, string> = {
  idOf: ({ id }) => id,
  subscribe: (sub, id) => ({ sub, id }),
  unsubscribe: (unsub, id, as) => ({ unsub, id, as }),
  answerOf: ({ re, as, error, done }) => (re === undefined ? undefined : { id: re, as, error, done: done as true }),
};

const IN_ORDER: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (sub, id) => ({ sub, id }),
  unsubscribe: (unsub, id) => ({ unsub, id }),
  answerOf: ({ re, key, error, done }) => (re === undefined ? undefined : done ? { key, done: true } : { error }),
};

/** A server that answers each message, by its id or in the order in which they came. */
function answeringServer(
  at: (frame: number, action: () => void) => void,
  outcomes: readonly Outcome[],
  isInOrder: boolean,
) {
  const served = new Map<VirtualPeer, Map<number, Served>>();
  const faults: string[] = [];
  let count = 0;
  let lastAnswer = 0;
  const server = new VirtualServer((said, peer) => {
    const { sub, unsub, id, as } = said as unknown as Asked;
    const mine = served.get(peer) ?? new Map<number, Served>();
    served.set(peer, mine);
    const { what, delay } = outcomes[count++ % outcomes.length]!;
    const now = server.now();
    const due = isInOrder ? Math.max(lastAnswer, now + delay) : now + delay;
    lastAnswer = due;
    const answer = (frame: number, how: () => object | undefined) =>
      at(frame - now, () => {
        const message = peer.isOpen ? how() : undefined;
        if (message) peer.send(message);
      });
    if (unsub !== undefined) {
      const one = mine.get(id);
      if (one?.key !== unsub) faults.push(`took back ${unsub} with ${id}, which is ${one?.key}`);
      else if (!one.isActive && one.isKnown) faults.push(`took back ${unsub}, which has ended`);
      else if (!isInOrder && as !== one.as) faults.push(`took back ${unsub} as ${as} in place of ${one.as}`);
      if (one) one.isActive = false;
      answer(due, () => ({ re: id }));
      return;
    }
    const has = [...mine.values()].some(({ key, isActive }) => key === sub && isActive);
    if (has) faults.push(`asked again for ${sub}`);
    const one = { key: sub!, as: `as ${id}`, isActive: what !== 'refuse', isKnown: false };
    mine.set(id, one);
    answer(due, () => {
      one.isKnown = true;
      return what === 'refuse' ? { re: id, error: `no ${id}` } : { re: id, as: one.as };
    });
    for (let tick = 1; tick < 4; tick++) {
      answer(due + tick * 3, () => (one.isActive ? { id: one.as, key: one.key, asked: id } : undefined));
    }
    if (what !== 'done') return;
    answer(due + 8, () => {
      if (!one.isActive) return undefined;
      one.isActive = false;
      return isInOrder ? { re: 'done', key: one.key, done: true } : { re: id, done: true };
    });
  });
  return {
    server,
    faults,
    active: () => [...served].flatMap(([peer, mine]) => (peer.isOpen ? [...mine.values()].flatMap((one) => (one.isActive ? one.key : [])) : [])).sort(), // prettier-ignore
  };
}

const outcome = fc.record({
  what: fc.constantFrom<Outcome['what'][]>('ok', 'ok', 'ok', 'refuse', 'done'),
  delay: fc.integer({ min: 1, max: 6 }),
});

const deed = fc.record({
  wait: fc.nat({ max: 4 }),
  what: fc.constantFrom('subscribe', 'subscribe', 'leave', 'return', 'resync', 'drop'),
  key: fc.constantFrom(...KEYS),
});

describe.each<[string, MultiplexOptions<Tick, unknown, string>, boolean]>([
  ['by id, in any order', BY_ID, false],
  ['in order, without ids', IN_ORDER, true],
])('Topics whose server answers %s', (_how, options, isInOrder) => {
  it.each<[string, Pace | undefined, Pace | undefined]>([
    ['at once', undefined, undefined],
    ['under a pace', atMost(2, 5), undefined],
    ['under a pace of their own', undefined, atMost(2, 5)],
  ])('are what is read, whatever the server says, sent %s', (_when, pace, own) => {
    fc.assert(
      fc.property(
        fc.array(deed, { maxLength: 40 }),
        fc.array(outcome, { minLength: 1, maxLength: 20 }),
        (deeds, outcomes) => {
          inVirtualTime(({ at, flush }) => {
            const { server, faults, active } = answeringServer(at, outcomes, isInOrder);
            const feed = feedOf(
              server.transport,
              { ...(pace && { pace }) },
              retryWithBackoff({ delays: Array<number>(99).fill(2) }) as Supervision,
            );
            const topics = multiplex(feed, { ...options, pace: own });
            const readers = new Map<string, Set<Subscription>>(KEYS.map((key) => [key, new Set()]));
            const wrong: string[] = [];
            const keep = feed.lifecycle.subscribe();
            let now = 0;

            function read(key: string): void {
              const mine = readers.get(key)!;
              const subscription = topics(key).subscribe({
                next: (tick) => tick.key === key || wrong.push(`${tick.key} for ${key}`),
                error: (error: unknown) => {
                  mine.delete(subscription);
                  const { cause, key: about } = error as SubscriptionError;
                  if (!(error instanceof SubscriptionError) || about !== key || !/^no \d/.test(String(cause))) wrong.push(String(error)); // prettier-ignore
                },
                complete: () => void mine.delete(subscription),
              });
              mine.add(subscription);
            }

            for (const { wait, what, key } of deeds) {
              at((now += wait), () => {
                const mine = readers.get(key)!;
                const [first] = mine;
                if (what === 'subscribe') read(key);
                if (what === 'resync') topics.resync(key);
                if (what === 'drop') server.drop();
                if ((what === 'leave' || what === 'return') && first) {
                  first.unsubscribe();
                  mine.delete(first);
                  if (what === 'return') read(key);
                }
              });
            }
            at(now + 300, () => {
              expect(active()).toEqual(KEYS.filter((key) => readers.get(key)!.size > 0));
              for (const mine of readers.values()) for (const one of mine) one.unsubscribe();
              keep.unsubscribe();
            });
            flush();

            expect(faults).toEqual([]);
            expect(wrong).toEqual([]);
            expect(server.open).toEqual([]);
            expect(feed.stats).toMatchObject({ rejected: 0, dropped: 0 });
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
