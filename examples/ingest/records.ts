import type { IngesterReport } from './ingester.js';
import type { Exit } from './program.js';
import type { Settings } from './settings.js';
import { PROGRAMS } from './strikes.js';
import type { Program } from './strikes.js';
import type { Tally } from './tally.js';

const MIB = 1024 * 1024;
const count = (value: number, what: string) => `${value.toLocaleString('en')} ${what}${value === 1 ? '' : 's'}`;
const mib = (bytes: number) => `${Math.ceil(bytes / MIB)} MiB`;

/** The results of a run. */
export class Records {
  readonly kills: Record<Program, number> = { feed: 0, 'ingester 1': 0, 'ingester 2': 0 };
  /** How often a program exited without being killed. */
  otherExits = 0;
  /** The peak of an ingester's resident memory, in bytes. */
  mostMemory = 0;
  /** The last report of each running ingester. */
  readonly reports = new Map<Program, IngesterReport>();
  readonly #tally: Tally;
  readonly #since = performance.now();
  #dropped = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  get allKills(): number {
    return PROGRAMS.reduce((sum, program) => sum + this.kills[program], 0);
  }

  get seconds(): number {
    return (performance.now() - this.#since) / 1000;
  }

  take(ingester: Program, report: IngesterReport): void {
    this.reports.set(ingester, report);
    this.mostMemory = Math.max(this.mostMemory, report.memory);
  }

  recordExit(program: Program, { signal }: Exit): void {
    if (signal === 'SIGKILL') this.kills[program]++;
    else this.otherExits++;
    this.#dropped += this.reports.get(program)?.duplicates ?? 0;
    this.reports.delete(program);
  }

  /** The current numbers in one line. */
  get line(): string {
    const { progress } = this.#tally;
    const memory = [...this.reports.values()].map((report) => mib(report.memory)).join(', ') || 'none';
    const counts = [count(progress, 'message'), this.#faults, count(this.allKills, 'kill'), `ingesters: ${memory}`];
    return `${this.seconds.toFixed(0).padStart(4)} s  ${counts.join(' · ')}`;
  }

  /** The final numbers. */
  get summary(): string {
    const dropped = [...this.reports.values()].reduce((sum, { duplicates }) => sum + duplicates, this.#dropped);
    const kills = PROGRAMS.map((program) => `${program} ${this.kills[program]}`).join(', ');
    return [
      `${count(this.#tally.messages, 'message')} in the stream: ${this.#faults}`,
      `${count(this.allKills, 'kill')}: ${kills}; ${count(this.otherExits, 'other exit')}`,
      `at least ${count(dropped, 'duplicate')} dropped by JetStream, at most ${mib(this.mostMemory)} used by an ingester`,
    ].join('\n');
  }

  /** The expectations that the run did not meet; empty if it met all. */
  failures({ mostMemory, rounds }: Settings): string[] {
    const { gaps, duplicates, late } = this.#tally;
    const failures = [];
    if (gaps + duplicates + late) failures.push(`The stream differs from the feed: ${this.#faults}.`);
    if (this.mostMemory > mostMemory) failures.push(`An ingester used more than ${mib(mostMemory)} of memory.`);
    if (this.allKills < 12 * rounds) failures.push(`There were only ${count(this.allKills, 'kill')}.`);
    return failures;
  }

  get #faults(): string {
    const { gaps, duplicates, late } = this.#tally;
    return [count(gaps, 'gap'), count(duplicates, 'duplicate'), `${late.toLocaleString('en')} late`].join(' · ');
  }
}
