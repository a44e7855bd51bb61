import { concatMap, filter, from, groupBy, map, mergeMap, tap } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { bufferCountOrTime, mergeMapBounded, multiplex } from 'rxwire';
import type { ConnectionPool } from 'rxwire';
import type { Ask, Trade } from './trade.js';

/** A permanent store of trades. */
export interface Ledger<Receipt> {
  /** The number of a topic's last trade; 0 if there is none. */
  lastOf(topic: string): ObservableInput<number>;
  /** Emits a receipt when the trade is stored, by this ingester or by another; errors if that is unknown. */
  append(trade: Trade): ObservableInput<Receipt>;
}

/**
 * Copies topics from a feed into a ledger, each from the end of the ledger. Trades that are received but not stored yet
 * are in memory. So after a lost connection it goes on after the last received trade; after a lost process, the next one
 * reads the ledger. Errors if something fails that a reconnect does not fix: then start again.
 */
export function ingest<Receipt>(
  pool: ConnectionPool<Trade, Ask>,
  topics: readonly string[],
  ledger: Ledger<Receipt>,
): Observable<Receipt> {
  /** By topic: the next number to receive. */
  const next = new Map<string, number>();
  const follow = multiplex(pool, {
    keyOf: ({ topic }) => topic,
    subscribe: (topic: string): Ask => ({ topic, from: next.get(topic)! }),
  });

  const resume = (topic: string) =>
    from(ledger.lastOf(topic)).pipe(
      tap((last) => next.set(topic, last + 1)),
      map(() => topic),
    );
  // Topics run in parallel, the trades of a topic in sequence: none is stored before its predecessor.
  const append = (trades: readonly Trade[]) =>
    from(trades).pipe(
      groupBy(({ topic }) => topic),
      mergeMap((ofTopic) => ofTopic.pipe(concatMap((trade) => ledger.append(trade)))),
    );

  return from(topics).pipe(
    mergeMap(resume, 100),
    mergeMap((topic) => follow(topic)),
    filter(({ topic, n }) => n >= next.get(topic)!), // a feed may repeat trades
    tap(({ topic, n }) => next.set(topic, n + 1)),
    bufferCountOrTime(500, 20),
    mergeMapBounded(append, { highWaterMark: 4, pausing: pool }),
  );
}
