import type { IngesterReport } from './ingester.js';
import type { Ended } from './program.js';
import type { Settings } from './settings.js';
import { PROGRAMS } from './strikes.js';
import type { Program } from './strikes.js';
import type { Tally } from './tally.js';

const MIB = 1024 * 1024;
const count = (value: number, what: string) => `${value.toLocaleString('en')} ${what}${value === 1 ? '' : 's'}`;
const mib = (bytes: number) => `${Math.ceil(bytes / MIB)} MiB`;

/** What is known of a run. */
export class Records {
  readonly kills: Record<Program, number> = { feed: 0, 'ingester 1': 0, 'ingester 2': 0 };
  /** How often a program ended that nobody had killed. */
  falls = 0;
  /** The most resident memory that an ingester had, in bytes. */
  mostMemory = 0;
  /** By ingester, while it runs. */
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

  noteEnd(program: Program, { signal }: Ended): void {
    if (signal === 'SIGKILL') this.kills[program]++;
    else this.falls++;
    this.#dropped += this.reports.get(program)?.duplicates ?? 0;
    this.reports.delete(program);
  }

  /** What there is now, in a line. */
  get line(): string {
    const { progress } = this.#tally;
    const memory = [...this.reports.values()].map((report) => mib(report.memory)).join(', ') || 'none';
    const counts = [count(progress, 'message'), this.#faults, count(this.allKills, 'kill'), `ingesters: ${memory}`];
    return `${this.seconds.toFixed(0).padStart(4)} s  ${counts.join(' · ')}`;
  }

  /** What there was in the end. */
  get summary(): string {
    const dropped = [...this.reports.values()].reduce((sum, { duplicates }) => sum + duplicates, this.#dropped);
    const kills = PROGRAMS.map((program) => `${program} ${this.kills[program]}`).join(', ');
    return [
      `${count(this.#tally.messages, 'message')} in the stream: ${this.#faults}`,
      `${count(this.allKills, 'kill')}: ${kills}; ${count(this.falls, 'end')} of another kind`,
      `${count(dropped, 'duplicate')} at least dropped on the way in, an ingester took ${mib(this.mostMemory)} at most`,
    ].join('\n');
  }

  /** What is not as it is to be; empty where all is. */
  objections({ mostMemory, rounds }: Settings): string[] {
    const { gaps, duplicates, late } = this.#tally;
    const objections = [];
    if (gaps + duplicates + late) objections.push(`The stream is not what the feed sent: ${this.#faults}.`);
    if (this.mostMemory > mostMemory) objections.push(`An ingester took more than ${mib(mostMemory)} of memory.`);
    if (this.allKills < 12 * rounds) objections.push(`Only ${count(this.allKills, 'kill')} came about.`);
    return objections;
  }

  get #faults(): string {
    const { gaps, duplicates, late } = this.#tally;
    return [count(gaps, 'gap'), count(duplicates, 'duplicate'), `${late.toLocaleString('en')} late`].join(' · ');
  }
}
