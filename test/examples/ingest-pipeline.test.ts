import { map, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ingest } from '../../examples/ingest/ingest.js';
import type { Ledger } from '../../examples/ingest/ingest.js';
import type { Ask, Trade } from '../../examples/ingest/trade.js';
import { connectionPool, observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';

const trade = (topic: string, n: number): Trade => ({ topic, n, price: 100 });
const trades = {
  ...{ a: trade('A', 8), b: trade('A', 9), c: trade('B', 1), d: trade('B', 2) },
  ...Object.fromEntries(Array.from('ABCDEFG', (letter, index) => [letter, trade('many', index + 1)])),
};

/** A feed that follows scripts, and a pool of one connection to it. */
function feed(cold: VirtualTime['cold'], ...scripts: string[]) {
  const server = scriptedServer(cold, scripts, trades);
  const connection = observeWebSocket<Trade, Ask>(
    { url: 'ws://feed', transport: server.transport },
    retryWithBackoff({ delays: [5, 5, 5] }),
  );
  const pool = connectionPool<Trade, Ask>({ create: () => connection, max: 1, keysPerConnection: 10 });
  return { pool, connection, asked: record(server.sent, (ask) => `${(ask as Ask).topic} ${(ask as Ask).from}`) };
}

/** A ledger whose topic A ends with 7, and which takes 3 ms for each trade. */
const ledger: Ledger<string> = {
  lastOf: (topic) => of(topic === 'A' ? 7 : 0),
  append: ({ topic, n }) => timer(3).pipe(map(() => `${topic} ${n}`)),
};

describe('the pipeline of the example ingest', () => {
  it('asks for each topic from behind the end of the ledger', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, asked } = feed(cold, 'o');

      record(ingest(pool, ['A', 'B'], ledger), String, timer(50));
      flush();

      expect(asked).toEqual(['0 A 8', '0 B 1']);
    });
  });

  it('goes on after a lost connection behind what it has, kept or not', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, asked } = feed(cold, 'oab#', 'o 30ms c');

      const kept = record(ingest(pool, ['A', 'B'], ledger), String, timer(90));
      flush();

      expect(asked).toEqual(['0 A 8', '0 B 1', '8 A 10', '8 B 1']);
      expect(kept).toEqual(['24 A 8', '27 A 9', '62 B 1']);
    });
  });

  it('keeps the trades of a topic one after another, and topics side by side', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool } = feed(cold, 'oacbd');

      const kept = record(ingest(pool, ['A', 'B'], ledger), String, timer(60));
      flush();

      expect(kept).toEqual(['24 A 8', '24 B 1', '27 A 9', '27 B 2']);
    });
  });

  it('does not keep again what the feed repeats', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool } = feed(cold, 'oababcac');

      const kept = record(ingest(pool, ['A', 'B'], ledger), String, timer(60));
      flush();

      expect(kept).toEqual(['24 A 8', '24 B 1', '27 A 9']);
    });
  });

  it('errors where it is not known whether a trade was kept, and closes its connections', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, connection } = feed(cold, 'oa');
      const failing = { ...ledger, append: () => throwError(() => new Error('no answer')) };

      const kept = record(ingest(pool, ['A'], failing), String, timer(60));
      flush();

      expect(kept).toEqual(['21 # Error']);
      expect(connection.state.value.status).toBe('idle');
    });
  });

  it('asks the ledger again where it is started again', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, asked } = feed(cold, 'o');
      let last = 3;
      const copying = ingest(pool, ['A'], { lastOf: () => of(last++), append: () => NEVER });

      record(copying, String, timer(10));
      timer(20).subscribe(() => record(copying, String, timer(10)));
      flush();

      expect(asked).toEqual(['0 A 4', '20 A 5']);
    });
  });

  it('stops the feed while the ledger is behind', () => {
    inVirtualTime(({ cold, flush, at }) => {
      const { pool, connection } = feed(cold, 'oA 30ms B 30ms C 30ms D 30ms E 30ms F 30ms G');
      const stuck = { lastOf: () => of(0), append: () => NEVER };

      record(ingest(pool, ['many'], stuck), String, timer(1000));
      at(900, () => expect(connection.stats.received).toBe(5)); // one batch that is being kept, and four that wait
      flush();
    });
  });
});
