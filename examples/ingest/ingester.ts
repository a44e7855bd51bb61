/* Copies a feed into JetStream. It may be killed at any time, and any number of ingesters may run at once. */

import type { PubAck } from '@nats-io/jetstream';
import { interval, map } from 'rxjs';
import { connectionPool, heartbeat, json, observeWebSocket, ofType, retryWithBackoff, stopOnFatalClose } from 'rxwire';
import type { Codec } from 'rxwire';
import { historyLog } from './history-log.js';
import { ingest } from './ingest.js';
import type { Ledger } from './ingest.js';
import { JetStreamLedger } from './jet-stream.js';
import { givenSettings, report } from './program.js';
import { trade } from './trade.js';
import type { Ask, Trade } from './trade.js';

export interface IngesterSettings {
  readonly feed: string;
  readonly natsPort: number;
  readonly topics: readonly string[];
  readonly isGuarded: boolean;
}

export interface IngesterReport {
  /** The number of trades that are in the stream for certain. */
  readonly acknowledged: number;
  /** Since its start: the trades that it stored, and those that another ingester had stored before. */
  readonly stored: number;
  readonly duplicates: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

const { feed, natsPort, topics, isGuarded } = givenSettings() as IngesterSettings;
const record = historyLog('ingester');
const ledger = await JetStreamLedger.open(natsPort, isGuarded);

const plain = json<Trade, Ask>({ schema: trade });
const codec: Codec<Trade, Ask> = {
  encode: (ask) => plain.encode(ask),
  decode(data) {
    const received = plain.decode(data);
    record('received', received);
    return received;
  },
};
const recorded: Ledger<PubAck> = {
  lastOf: (topic) => ledger.lastOf(topic),
  append(trade) {
    record('delivered', trade);
    return ledger.append(trade);
  },
};

const pool = connectionPool<Trade, Ask>({
  create: () =>
    observeWebSocket<Trade, Ask>(
      { url: feed, codec },
      heartbeat(),
      stopOnFatalClose(),
      retryWithBackoff({ initialDelay: 100, maxDelay: 1000 }),
    ),
  max: 8,
  keysPerConnection: 500,
});

const counts = { stored: 0, duplicates: 0 };
ingest(pool, topics, recorded).subscribe({
  next: ({ duplicate }) => counts[duplicate ? 'duplicates' : 'stored']++,
  // There is nothing to clean up: the next ingester reads the progress from the stream.
  error: (error: unknown) => {
    console.error(String(error));
    process.exit(1);
  },
});

pool.lifecycle
  .pipe(
    map(({ event }) => event),
    ofType('rejected'),
  )
  .subscribe(({ error }) => console.error(error.message));

interval(250)
  .pipe(
    map((): IngesterReport => ({ ...counts, acknowledged: ledger.acknowledged, memory: process.memoryUsage.rss() })),
  )
  .subscribe(report);
