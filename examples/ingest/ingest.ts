import { concatMap, filter, from, groupBy, map, mergeMap, tap } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { bufferCountOrTime, mergeMapBounded, multiplex } from 'rxwire';
import type { ConnectionPool } from 'rxwire';
import type { Ask, Trade } from './trade.js';

/** Where trades are kept for good. */
export interface Ledger<Receipt> {
  /** The number of a topic's last trade; 0 where there is none. */
  lastOf(topic: string): ObservableInput<number>;
  /** Emits a receipt once the trade is kept, whoever brought it; errors where that is not known. */
  append(trade: Trade): ObservableInput<Receipt>;
}

/**
 * Copies topics from a feed into a ledger, each from where the ledger ends. What it has received and not yet kept is
 * its own, so a connection that was lost goes on behind that; where a process is lost, the next one asks the ledger.
 * Errors where anything at all goes wrong that a reconnect does not cure: then start anew.
 */
export function ingest<Receipt>(
  pool: ConnectionPool<Trade, Ask>,
  topics: readonly string[],
  ledger: Ledger<Receipt>,
): Observable<Receipt> {
  /** By topic: the number that is to come next. */
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
  // Topics side by side, the trades of each one after another: none is kept before the one that it follows.
  const append = (trades: readonly Trade[]) =>
    from(trades).pipe(
      groupBy(({ topic }) => topic),
      mergeMap((ofTopic) => ofTopic.pipe(concatMap((trade) => ledger.append(trade)))),
    );

  return from(topics).pipe(
    mergeMap(resume, 100),
    mergeMap((topic) => follow(topic)),
    filter(({ topic, n }) => n >= next.get(topic)!), // a feed may repeat itself
    tap(({ topic, n }) => next.set(topic, n + 1)),
    bufferCountOrTime(500, 20),
    mergeMapBounded(append, { highWaterMark: 4, pausing: pool }),
  );
}
