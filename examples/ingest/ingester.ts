/* A program that copies a feed into JetStream. It may be killed at any moment, and any number of it may run at once. */

import { interval, map } from 'rxjs';
import { connectionPool, heartbeat, json, observeWebSocket, ofType, retryWithBackoff, stopOnFatalClose } from 'rxwire';
import { ingest } from './ingest.js';
import { JetStreamLedger } from './jet-stream.js';
import { givenSettings, tell } from './program.js';
import { trade } from './trade.js';
import type { Ask, Trade } from './trade.js';

export interface IngesterSettings {
  readonly feed: string;
  readonly natsPort: number;
  readonly topics: readonly string[];
  readonly isGuarded: boolean;
}

export interface IngesterReport {
  /** How many trades it knows to be in the stream. */
  readonly acknowledged: number;
  /** How many of them it brought there, and how many another one had brought before it, since it was started. */
  readonly stored: number;
  readonly duplicates: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

const { feed, natsPort, topics, isGuarded } = givenSettings() as IngesterSettings;
const ledger = await JetStreamLedger.open(natsPort, isGuarded);

const pool = connectionPool<Trade, Ask>({
  create: () =>
    observeWebSocket<Trade, Ask>(
      { url: feed, codec: json({ schema: trade }) },
      heartbeat(),
      stopOnFatalClose(),
      retryWithBackoff({ initialDelay: 100, maxDelay: 1000 }),
    ),
  max: 8,
  keysPerConnection: 500,
});

const counts = { stored: 0, duplicates: 0 };
ingest(pool, topics, ledger).subscribe({
  next: ({ duplicate }) => counts[duplicate ? 'duplicates' : 'stored']++,
  // Nothing to tidy up: whoever is started next asks the stream how far we got.
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
  .subscribe(tell);
