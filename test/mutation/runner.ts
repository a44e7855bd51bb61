import { VirtualAction } from 'rxjs';
import { TestRunner } from 'vitest';
import type { RunnerTestCase, RunnerTestFile } from 'vitest';
import { Journal } from './journal.js';

/** Where the mutants look whether they are active, by the names that the instrumenter has given. */
interface Switches {
  activeMutant: string | undefined;
  currentTestId: string | undefined;
  hitCount: number | undefined;
  hitLimit: number | undefined;
  mutantCoverage: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}

const switches = ((globalThis as { __stryker__?: unknown }).__stryker__ ??= {
  mutantCoverage: { static: {}, perTest: {} },
}) as Switches;

const [shard, shards] = process.env.MUTATION_SHARD!.split('/').map(Number) as [number, number];
/** Milliseconds of a test that may be run for each of its mutants. */
const slowest = Number(process.env.MUTATION_SLOWEST);
/** How many tests may try to notice a mutant. */
const most = Number(process.env.MUTATION_TRIES);
const only = process.env.MUTATION_ONLY ? new Set(process.env.MUTATION_ONLY.split(',')) : undefined;

/** Of the machine, whatever a test puts in its place. */
const now = performance.now.bind(performance);

const journal = new Journal(shard);
const tried = new Map<string, number>();
const triesOf = (mutant: string) => tried.get(mutant) ?? 0;

/** Actions in virtual time of this try, and how many there may be: a mutant may make virtual time endless. */
let actions = 0;
let mostActions = Infinity;
const { execute } = VirtualAction.prototype;
VirtualAction.prototype.execute = function (...args) {
  if (++actions > mostActions) throw new Error('Hit count limit reached in virtual time');
  return execute.apply(this, args);
};

/**
 * Runs each test twice as it is, and then once more for each mutant that it reaches and that no test has noticed yet, all
 * in one process that loads every file once. When a mutant was noticed, the test must pass without it again.
 */
export default class MutationRunner extends TestRunner {
  #phase: 'clean' | 'again' | 'mutant' | 'after' = 'clean';
  /** How often the test passes the switch of each mutant. */
  #hits: Record<string, number> = {};
  /** The mutants that are to be tried. */
  #left: string[] = [];
  #noticed: string | undefined;
  #began = 0;
  #actions = 0;

  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file);
    switches.currentTestId = undefined; // what is reached now is reached while files are loaded
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    if (journal.done.has(nameOf(test)) || isRandom(test)) test.mode = 'skip';
    await super.onBeforeRunTask(test);
    test.retry = Infinity; // what fails is tried again: see `#next`
    this.#phase = 'clean';
  }

  override onBeforeTryTask(test: RunnerTestCase): void {
    super.onBeforeTryTask(test);
    delete test.result!.errors;
    actions = 0;
    mostActions = Infinity;
    if (this.#phase === 'clean') {
      switches.mutantCoverage.perTest = {};
      switches.currentTestId = 'this one';
      journal.announce(nameOf(test));
      this.#began = now();
    } else if (this.#phase === 'mutant') {
      const mutant = this.#left.at(-1)!;
      journal.announce(nameOf(test), mutant);
      mostActions = 1000 + 20 * this.#actions;
      switches.hitCount = 0;
      switches.hitLimit = 1000 + 100 * this.#hits[mutant]!;
      switches.activeMutant = mutant;
    }
  }

  onAfterRetryTask(test: RunnerTestCase): void {
    switches.activeMutant = undefined;
    switches.currentTestId = 'none';
    const result = test.result!;
    if (result.state === 'skip') return;
    const error = result.state === 'fail' ? String(result.errors?.[0]?.message) : undefined;
    const isOver = this.#next(nameOf(test), error);
    result.state = isOver ? 'pass' : 'fail';
    result.errors = [{ message: 'is tried again' }];
  }

  override onAfterRunFiles(): void {
    super.onAfterRunFiles();
    journal.record({ static: Object.keys(switches.mutantCoverage.static) });
  }

  /** Goes on after a try. @returns whether it was the last one of its test */
  #next(test: string, error: string | undefined): boolean {
    const leave = (why: string) => {
      journal.record({ done: test, why, error });
      return true;
    };
    switch (this.#phase) {
      case 'clean':
        if (error && tried.size > 0) this.#beginAnew(test);
        if (error) return leave('fails');
        if (now() - this.#began > slowest) return leave('is slow');
        this.#plan();
        this.#phase = 'again';
        return false;
      case 'again':
        if (error) return leave('cannot be repeated');
        break;
      case 'mutant':
        if (this.#judge(test, error)) return false;
        break;
      case 'after':
        if (error) {
          journal.record({ mutant: this.#noticed!, status: 'unsure', test });
          this.#beginAnew(test);
        }
    }
    this.#phase = 'mutant';
    if (this.#left.length > 0) return false;
    journal.record({ done: test, reached: Object.keys(this.#hits) });
    return true;
  }

  #plan(): void {
    const isOurs = (mutant: string) => Number(mutant) % shards === shard && (only?.has(mutant) ?? true);
    this.#actions = actions;
    this.#hits = switches.mutantCoverage.perTest['this one'] ?? {};
    this.#left = Object.keys(this.#hits).filter(
      (mutant) => isOurs(mutant) && !journal.known.has(mutant) && triesOf(mutant) < most,
    );
  }

  /** @returns whether the test has noticed the mutant */
  #judge(test: string, error: string | undefined): boolean {
    const mutant = this.#left.pop()!;
    tried.set(mutant, triesOf(mutant) + 1);
    if (error === undefined) return false;
    const status = /Hit count limit|timed out in/.test(error) ? 'timeout' : 'killed';
    journal.record({ mutant, status, test, error: error.slice(0, 120) });
    this.#noticed = mutant;
    this.#phase = 'after';
    return true;
  }

  /** A mutant has left something behind: only another process is as clean as this one was. */
  #beginAnew(test: string): void {
    if (journal.spoilt.has(test)) journal.record({ done: test, why: 'cannot be repeated' });
    journal.record({ spoilt: test });
    process.kill(process.pid, 'SIGKILL');
  }
}

/** What a property finds takes too long to shrink. */
const isRandom = (test: RunnerTestCase) => test.name.includes('(with seed=');

/** Says which test it is, also where several in a file have the same name: rows of `it.each` may. */
function nameOf(test: RunnerTestCase): string {
  const names = [`${test.name} (${test.id})`];
  for (let { suite } = test; suite; { suite } = suite) names.unshift(suite.name);
  return [test.file.name, ...names].join(' > ');
}
