import { fc } from '@fast-check/vitest';
import { Subject, switchMap } from 'rxjs';
import { expect, it } from 'vitest';
import { atMost, connectionPool, multiplex } from '../../src/index.node.js';
import type { MultiplexOptions } from '../../src/index.node.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { retriedFeed } from './feeds.js';
import type { Tick } from './feeds.js';
import { VirtualServer } from './virtual-server.js';
import type { Said } from './virtual-server.js';

/** What a client that asks for several keys at once says. */
interface Asked {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

const oneByOne: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => ({ add: [key] }),
  unsubscribe: (key) => ({ remove: [key] }),
};

const inBatches: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribeMany: (add) => ({ add }),
  unsubscribeMany: (remove) => ({ remove }),
  keysPerMessage: 2,
};

const deed = fc.record({
  wait: fc.nat({ max: 6 }),
  what: fc.constantFrom('switch', 'switch', 'switch', 'switch', 'drop', 'reconnect', 'overlap'),
  reader: fc.nat({ max: 7 }),
  key: fc.constantFrom(...'abcdefghijkl'),
});

it.each([
  ['one by one', oneByOne],
  ['in batches', inBatches],
])(
  'A full pool never has more keys on a connection than it may, by the server’s count, asked for %s',
  (_how, options) => {
    fc.assert(
      fc.property(
        fc.array(deed, { maxLength: 50 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 2 }),
        fc.constantFrom(undefined, atMost(2, 5)),
        fc.constantFrom(undefined, atMost(3, 10)),
        (deeds, keysPerConnection, max, pace, dials) => {
          inVirtualTime(({ at, flush }) => {
            const faults: string[] = [];
            const server = new VirtualServer((said: Said, { topics }) => {
              const { add = [], remove = [] } = said as unknown as Asked;
              for (const key of remove) if (!topics.delete(key)) faults.push(`took back ${key}`);
              for (const key of add) {
                if (topics.has(key)) faults.push(`asked again for ${key}`);
                topics.add(key);
              }
              if (topics.size > keysPerConnection) faults.push(`has ${[...topics].join()}`);
            });
            const pool = connectionPool<Tick, unknown>({
              create: () => retriedFeed(server.transport, { ...(pace && { pace }) }),
              max,
              keysPerConnection,
              ...(dials && { dials }),
            });
            const topics = multiplex(pool, options);
            const readers = Array.from({ length: max * keysPerConnection }, () => {
              const keys = new Subject<string>();
              const reader = { key: undefined as string | undefined, keys };
              keys.pipe(switchMap(topics)).subscribe({ error: (error: unknown) => faults.push(String(error)) });
              return reader;
            });
            let now = 0;

            for (const { wait, what, reader, key } of deeds) {
              at((now += wait), () => {
                const one = readers[reader % readers.length]!;
                if (what === 'switch') {
                  one.key = key;
                  one.keys.next(key);
                }
                if (what === 'drop') server.open[reader % server.open.length]?.drop();
                if (what === 'reconnect') pool.reconnect();
                if (what === 'overlap') pool.reconnect({ overlap: wait });
              });
            }
            at(now + 500, () => {
              expect(server.topics).toEqual([...new Set(readers.flatMap(({ key }) => key ?? []))].sort());
              void pool.close();
            });
            flush();

            expect(faults).toEqual([]);
            expect(server.open).toEqual([]);
          });
        },
      ),
      { numRuns: 200 },
    );
  },
);
