import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryChecker } from '../../test/helpers/history/history-checker.js';
import { stepsIn } from '../../test/helpers/history/history-files.js';
import { historyFile } from '../ingest/history-log.js';
import type { Passage } from '../ingest/history-log.js';
import type { Market } from './market.js';
import type { RowStore } from './row-store.js';
import { until } from './until.js';

/** Where the changes of a market pass, up to the stream that a client stores them in. */
export class TrialHistory {
  readonly record: (passage: Passage) => void;
  /** Where the client records. */
  readonly clientFile: string;
  readonly #ownFile: string;
  readonly #market: Market;
  #stored = 0;

  constructor(folder: string, name: string, market: Market) {
    this.#market = market;
    this.clientFile = join(folder, `${name}-client.history`);
    this.#ownFile = join(folder, `${name}.history`);
    this.record = historyFile(this.#ownFile);
  }

  /** Records what is stored, until the function is called that it returns. */
  follow(store: RowStore): () => void {
    const following = store.news.subscribe(({ symbol: key, to: n, isSnapshot }) => {
      this.#stored++;
      this.record({ stage: 'stored', key, n, isSnapshot, place: 'stream' });
    });
    return () => following.unsubscribe();
  }

  /** Waits until so many rows are recorded. */
  reaches(rows: number): Promise<void> {
    return until('Reading the stream', 15, () => this.#stored >= rows);
  }

  /**
   * What is wrong, drawn; empty if nothing is. The exchange repeats and skips changes on purpose. A snapshot stands for
   * what was skipped, but what the client has delivered is to be stored.
   */
  async faults(): Promise<string> {
    const checker = new HistoryChecker({
      ...{ strict: ['given', 'delivered', 'stored'], ordered: ['sent', 'received'], whole: ['stored'] },
    });
    const files = [this.#ownFile, this.clientFile].filter((file) => existsSync(file));
    for await (const step of stepsIn(files)) {
      // Changes are counted here: their numbers may have gaps.
      checker.take({ ...step, n: this.#market.ordinalOf(step.key, step.n) ?? step.n });
    }
    checker.finish(true); // the market moves on when the client has been stopped
    return checker.describe();
  }
}
