import { Subject } from 'rxjs';
import { run } from '../ingest/program.js';
import type { Exit } from '../ingest/program.js';
import type { Account } from './account.js';
import type { ClientOptions, ClientReport } from './client-program.js';
import type { Market } from './market.js';
import { until } from './until.js';

/** A client in a process of its own. */
export class ClientProcess {
  /** The last report. */
  report: ClientReport | undefined;
  exit: Exit | undefined;
  /** How many of its connections are open, by its metrics. */
  open = 0;
  readonly options: ClientOptions;
  readonly account: Account;
  readonly #market: Market;
  readonly #signals = new Subject<NodeJS.Signals>();
  readonly #running;

  constructor(options: ClientOptions, account: Account, market: Market) {
    this.options = options;
    this.account = account;
    this.#market = market;
    this.#running = run<ClientReport>('client', options, this.#signals, (how) => (this.exit = how)).subscribe(
      (report) => (this.report = report),
    );
  }

  /** Waits until all books have what is true now, and what has arrived is stored. */
  async catchUp(): Promise<void> {
    const symbols = this.options.symbols.filter((symbol) => this.#market.has(symbol));
    const numbers = symbols.map((symbol) => [symbol, this.#market.book(symbol).number] as const);
    const has = (symbol: string) => this.report?.numbers[symbol] ?? 0;
    await this.until('Catching up', 60, () => numbers.every(([symbol, number]) => has(symbol) >= number));
    const { received } = this.report!;
    await this.until('Storing', 15, () => this.report!.stored >= received);
  }

  /** Waits for something that a client which is banned or has ended does not bring about. */
  until(what: string, seconds: number, isTrue: () => boolean): Promise<void> {
    return until(what, seconds, isTrue, () => this.obstacle);
  }

  /** What makes it useless to wait any longer. */
  get obstacle(): string | undefined {
    const { bans, violations } = this.account;
    if (bans) return `The exchange has banned the client: ${violations.join(', ')}.`;
    return this.exit && `The client ended by itself, with ${this.exit.signal ?? `status ${this.exit.status}`}.`;
  }

  /** Asks it to end, and waits for that. */
  async stop(): Promise<void> {
    this.#signals.next('SIGTERM');
    await until('The end of the client', 15, () => !!this.exit);
  }

  kill(): void {
    this.#running.unsubscribe();
  }

  /** Reads its metrics. */
  async scrape(): Promise<void> {
    this.open = 0;
    if (!this.report || this.exit) return;
    const answer = await fetch(`http://127.0.0.1:${this.report.metricsPort}/metrics`).catch(() => undefined);
    const values = (await answer?.text())?.matchAll(/^rxwire_connections_open\{.*\} (\d+)$/gm) ?? [];
    this.open = [...values].reduce((sum, [, value]) => sum + Number(value), 0);
  }
}
