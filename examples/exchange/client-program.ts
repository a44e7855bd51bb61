import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { register } from 'prom-client';
import { interval } from 'rxjs';
import { givenSettings, report } from '../ingest/program.js';
import type { Book } from './book.js';
import type { Change } from './book.js';
import { ClientHistory } from './client-history.js';
import type { Rules } from './rules.js';

/** What a client is started with. */
export interface ClientOptions {
  readonly url: string;
  /** The name of its account, and of its stream. */
  readonly account: string;
  readonly natsPort: number;
  readonly symbols: readonly string[];
  readonly rules: Rules;
  /** For planned ends; undefined to show what is missed without. */
  readonly overlap?: number;
  /** false to show what becomes of books without. */
  readonly isSequenced: boolean;
  readonly logFile: string;
  /** Where it records what it receives and delivers, if anywhere. */
  readonly historyFile?: string;
  /** Whether it spoils what it stores, to show that this is found. */
  readonly spoilsRows: boolean;
}

/** What a client has to say. */
export interface ClientState {
  /** Messages that went into a book. */
  readonly received: number;
  readonly stored: number;
  readonly gaps: number;
  readonly alerts: number;
  readonly refused: readonly string[];
  readonly books: ReadonlyMap<string, Book>;
}

/** What a client reports to the program that has started it. */
export interface ClientReport extends Omit<ClientState, 'books'> {
  /** By symbol: the last number. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly metricsPort: number;
  /** In the last report: the whole books. */
  readonly levels?: Readonly<Record<string, readonly Change[]>>;
}

/** What it is started with, and the history that it records. */
export function givenOptions(): ClientOptions & { readonly history: ClientHistory } {
  const options = givenSettings() as ClientOptions;
  return { ...options, history: new ClientHistory(options) };
}

/** Serves metrics, and reports what there is to say every quarter of a second. */
export function startReporting(state: () => ClientState) {
  const metrics = createServer((_, response) => void register.metrics().then((text) => response.end(text)));
  metrics.listen(0, '127.0.0.1');
  const current = (): ClientReport => {
    const { books, ...others } = state();
    const numbers = Object.fromEntries([...books].map(([symbol, { number }]) => [symbol, number]));
    return { ...others, numbers, metricsPort: (metrics.address() as AddressInfo).port };
  };
  const reporting = interval(250).subscribe(() => report(current()));
  return {
    /** Reports the books, as the last thing, and exits. */
    finish() {
      reporting.unsubscribe();
      const levels = Object.fromEntries([...state().books].map(([symbol, book]) => [symbol, book.levels]));
      report({ ...current(), levels }, () => process.exit());
    },
    fail(error: unknown) {
      console.error(error);
      process.exit(1);
    },
  };
}
