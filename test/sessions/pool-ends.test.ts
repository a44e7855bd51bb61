import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, connectionPool } from '../../src/index.node.js';
import type { ConnectionPool, Transport } from '../../src/index.node.js';
import { DialGate } from '../../src/sessions/dial-gate.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { record } from '../helpers/record.js';
import { feedOf } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

function poolOn(transports: Transport[]) {
  const feeds: Feed[] = [];
  const pool: ConnectionPool<Tick, unknown> = connectionPool({
    create: (index) => (feeds[index] = feedOf(transports[index]!)),
    max: transports.length,
    keysPerConnection: 1,
  });
  return { pool, feeds };
}

describe('A pool', () => {
  it('connects the next connection when the one before it that was still closing is open again', () => {
    inVirtualTime(({ at, flush }) => {
      const transports = [playedSockets({ answersClose: false }), playedSockets()];
      const { pool, feeds } = poolOn(transports);
      const [first, second] = transports.map(({ sockets }) => sockets);
      record(pool.use('a'), () => 'a');
      first![0]!.open();

      at(1, () => void feeds[0]!.close());
      at(2, () => ['b', 'c'].forEach((key) => record(pool.use(key), () => key, timer(20))));
      at(5, () => first![0]!.closed(1000));
      const counts: number[][] = [];
      at(7, () => counts.push([first!.length, second!.length]));
      at(8, () => first![1]!.open());
      at(9, () => counts.push([first!.length, second!.length]));
      flush();

      expect(counts).toEqual([
        [2, 0],
        [2, 1],
      ]);
    });
  });
});

describe('A dial in its turn', () => {
  it('comes before one that has waited behind the turn', () => {
    const scheduler = new CountingScheduler();
    const gate = new DialGate(atMost(1, 10), scheduler);
    const dials: string[] = [];
    const dial = (name: string) =>
      gate.dial((dialing) => {
        dials.push(`${scheduler.frame} ${name}`);
        dialing();
      });
    dial('first');

    gate.turn(() => void dial('in its turn'));
    dial('behind');
    scheduler.advance(40);

    expect(dials).toEqual(['0 first', '11 in its turn', '22 behind']);
  });
});
