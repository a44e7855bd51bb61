import { Subject } from 'rxjs';
import { run } from '../ingest/program.js';
import type { Exit } from '../ingest/program.js';
import type { ClientOptions, ClientReport } from './client-program.js';

/** A client in a process of its own. */
export class ClientProcess {
  /** The last report. */
  report: ClientReport | undefined;
  exit: Exit | undefined;
  /** How many of its connections are open, by its metrics. */
  open = 0;
  readonly options: ClientOptions;
  readonly #signals = new Subject<NodeJS.Signals>();
  readonly #running;

  constructor(options: ClientOptions) {
    this.options = options;
    this.#running = run<ClientReport>('client', options, this.#signals, (how) => (this.exit = how)).subscribe(
      (report) => (this.report = report),
    );
  }

  /** Asks it to end. */
  stop(): void {
    this.#signals.next('SIGTERM');
  }

  kill(): void {
    this.#running.unsubscribe();
  }

  /** Reads its metrics. */
  async scrape(): Promise<void> {
    if (!this.report || this.exit) return;
    const answer = await fetch(`http://127.0.0.1:${this.report.metricsPort}/metrics`).catch(() => undefined);
    const values = (await answer?.text())?.matchAll(/^rxwire_connections_open\{.*\} (\d+)$/gm) ?? [];
    this.open = [...values].reduce((sum, [, value]) => sum + Number(value), 0);
  }
}
