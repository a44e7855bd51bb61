/* Keeps order books right, and stores every change of them in JetStream. SIGTERM ends it without a lost row. */

import { destination, pino } from 'pino';
import { catchError, EMPTY, filter, from, last, map, mergeMap, retry } from 'rxjs';
import { switchMap, takeUntil, tap, throttleTime, throwError, timeout, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { atMost, connectionPool, fatalCloseCodes, isSubscriptionError } from 'rxwire';
import { multiplex, observeWebSocket, WebSocketError } from 'rxwire';
import type { Link, OpenEvent } from 'rxwire';
import { collectMetrics } from 'rxwire/metrics';
import { bufferCountOrTime, heartbeat, inSequence, logLifecycle, mergeMapBounded, ofType } from 'rxwire/operators';
import { retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';
import { answerPings } from './answer-pings.js';
import { Book } from './book.js';
import { givenOptions, startReporting } from './client-program.js';
import { lifeOf, rangeOf } from './messages.js';
import type { Command, Message } from './messages.js';
import { RowStore } from './row-store.js';
import type { Row } from './row-store.js';
import type { Limit } from './rules.js';

const { url, account, natsPort, symbols, rules, overlap, isSequenced, logFile, history } = givenOptions();
const log = pino(destination(logFile));
const store = await RowStore.open(natsPort, account, history.spoil);
const books = new Map<string, Book>();
const counts = { gaps: 0, alerts: 0, refused: [] as string[] };

/** One message less than is allowed: the answer to a ping does not wait for its turn. */
const below = ({ messages, per }: Limit) => atMost(messages - 1, per);
/** 1008 is said of much that passes, and the reason tells. */
const isFinal = (code: number, { message }: Error) =>
  fatalCloseCodes.standard.has(code) && !/timeout|too many/i.test(message);
const linkOf = ({ link }: OpenEvent) => link as Link<Message>;

function connect(index: number) {
  const feed = observeWebSocket<Message, Command>(
    { url, headers: { 'x-account': account }, codec: history.codec, pace: rules.paces.map(below) },
    answerPings(),
    heartbeat({ interval: 1500, timeout: 1500, ...lifeOf(rules) }),
    stopOnFatalClose({ codes: isFinal }),
    retryWithBackoff({ initialDelay: 200, maxDelay: 5000, resetAfter: 1000 }),
  );
  collectMetrics(feed, { labels: { feed: index } });
  feed.events.pipe(logLifecycle(log)).subscribe();
  feed.events.pipe(ofType('reconnecting')).subscribe(({ retry, error }) => {
    if (retry === 3) log.fatal(error, `ALERT ${++counts.alerts}: three failures in a row`);
  });
  const links = feed.events.pipe(ofType('open'), map(linkOf));
  links.pipe(mergeMap(watch)).subscribe();
  links.pipe(switchMap(beforeItsEnd)).subscribe(() => feed.reconnect({ overlap, reason: 'planned' }));
  return feed;
}

/** Ends a connection whose pings are answered, but whose data has stopped. */
function watch(link: Link<Message>) {
  const error = () => link.paused || link.terminate(new WebSocketError('No data for 2 s.'));
  return link.messages.pipe(throttleTime(500), timeout(2000), tap({ error }), retry());
}

/** Emits when it is time for a planned end: when it is announced, or before it comes; and again, if that has failed. */
function beforeItsEnd({ messages }: Link<Message>): Observable<unknown> {
  if (rules.notice) return messages.pipe(filter(({ event }) => event === 'notice'));
  return timer(rules.lifetime / 2, rules.lifetime / 8).pipe(takeUntil(messages.pipe(last(null, 0))));
}

const { keysPerConnection, keysPerMessage } = rules;
const max = Math.ceil(symbols.length / keysPerConnection);
const pool = connectionPool({ create: connect, max, keysPerConnection, dials: below(rules.dials) });
const topics = multiplex(pool, {
  ...(rules.hasChannels ? { idOf: ({ channel }) => channel } : { keyOf: ({ symbol }) => symbol }),
  subscribeMany: (symbols: readonly string[], id): Command => ({ op: 'subscribe', id, symbols }),
  unsubscribeMany: (symbols, id): Command => ({ op: 'unsubscribe', id, symbols }),
  keysPerMessage,
  mark: (): Message => ({ event: 'asked', number: 0, changes: [] }),
  answerOf: ({ id, symbol, channel, error }) =>
    id === undefined ? undefined : { id, key: symbol, as: channel, error },
});

function rowsOf(symbol: string): Observable<Row> {
  let isAsked = false;
  const checked = inSequence(rangeOf, {
    // A snapshot of what the book has already is a repeat like any other: planned ends bring such ones.
    isStart: ({ event, number }) => event === 'snapshot' && !(number <= (books.get(symbol)?.number ?? -1)),
    onGap() {
      books.delete(symbol);
      if (isAsked) return; // a new connection: the snapshot is on its way
      counts.gaps++;
      topics.resync(symbol);
    },
  });
  return topics(symbol).pipe(
    tap(({ event }) => (isAsked = event === 'asked' || (isAsked && event !== 'snapshot'))),
    filter(({ event }) => event !== 'asked'),
    isSequenced ? checked : tap(),
    map((message) => history.deliver(keep(symbol, message))),
    catchError((error: unknown) => {
      if (!isSubscriptionError(error)) return throwError(() => error);
      counts.refused.push(symbol);
      return EMPTY;
    }),
  );
}

function keep(symbol: string, message: Message): Row {
  const { event, number: to, changes } = message;
  if (event === 'snapshot') books.set(symbol, new Book(to, changes));
  else books.get(symbol)?.apply(to, changes);
  return { symbol, isSnapshot: event === 'snapshot', from: rangeOf(message)[0], to, changes };
}

const reporting = startReporting(() => ({ ...counts, received: history.delivered, stored: store.stored, books }));
process.once('SIGTERM', () => void pool.close(1000, 'shutting down')); // which completes the rows
from(symbols)
  .pipe(
    mergeMap(rowsOf),
    bufferCountOrTime(500, 100),
    mergeMapBounded((rows) => store.append(rows), { pausing: pool, highWaterMark: 10, delayError: true }),
  )
  .subscribe({ complete: () => reporting.finish(), error: (error: unknown) => reporting.fail(error) });
