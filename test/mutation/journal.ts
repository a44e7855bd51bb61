import { appendFileSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One line of what a shard has found. */
interface Line {
  readonly mutant?: string;
  readonly status?: 'killed' | 'timeout' | 'unsure';
  readonly done?: string;
  readonly spoilt?: string;
}

/** What the processes of one shard have found so far. Those that hang or spoil their own tests are killed and begun anew. */
export class Journal {
  /** Mutants of which the verdict is known. */
  readonly known = new Set<string>();
  /** Tests that need not run again. */
  readonly done = new Set<string>();
  /** Tests that failed without a mutant, after others. */
  readonly spoilt = new Set<string>();
  readonly #file: string;
  readonly #progress: number;
  #steps = 0;

  constructor(shard: number) {
    this.#file = `.mutation/results-${shard}.jsonl`;
    this.#progress = openSync(`.mutation/progress-${shard}`, 'w');
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').filter(Boolean) : [];
    for (const line of lines) this.#take(JSON.parse(line) as Line);
  }

  record(line: Line & Readonly<Record<string, unknown>>): void {
    this.#take(line);
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  /** Says what is tried now: it may never end. */
  announce(test: string, mutant?: string): void {
    writeSync(this.#progress, `${JSON.stringify([++this.#steps, test, mutant]).padEnd(2000)}\n`, 0);
  }

  #take({ mutant, status, done, spoilt }: Line): void {
    if (mutant) this.known[status === 'unsure' ? 'delete' : 'add'](mutant);
    if (done) this.done.add(done);
    if (spoilt) this.spoilt.add(spoilt);
  }
}
