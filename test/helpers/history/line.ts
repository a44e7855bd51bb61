import { Found } from './found.js';
import type { Fault, Stage, Step } from './history.js';
import type { Rules } from './history-checker.js';
import { NumberSet } from './number-set.js';

/** The most messages of a key that are watched because they may be lost. */
const SUSPECTS = 3;

/** The most steps of many messages that are kept longer than others. */
const WIDE = 4;

/** Where the messages of one key were. */
export class Line {
  readonly #key: string;
  readonly #rules: Required<Rules>;
  readonly #keep: number;
  /** The newest steps. */
  readonly #recent: Step[] = [];
  /** Older ones, of many messages each. */
  #wide: Step[] = [];
  /** By stage: what was there, or is covered by a snapshot that was. */
  readonly #there: readonly NumberSet[];
  /** By stage: what was there by itself. Kept where a stage has to be whole. */
  readonly #itself: readonly NumberSet[];
  /** By place at a stage, since its last snapshot. */
  readonly #seen = new Map<string, NumberSet>();
  /** What others overtook at the last stage. */
  #suspects: Found[] = [];

  constructor(key: string, rules: Required<Rules>, keep: number) {
    this.#key = key;
    this.#rules = rules;
    this.#keep = keep;
    this.#there = rules.stages.map(() => new NumberSet());
    this.#itself = rules.whole.length > 0 ? rules.stages.map(() => new NumberSet()) : [];
  }

  get recent(): readonly Step[] {
    return [...this.#wide, ...this.#recent];
  }

  take(step: Step, find: (fault: Fault, n: number) => void): void {
    const { stage, n, from = n, isSnapshot = false } = step;
    const index = this.#rules.stages.indexOf(stage);
    if (index < 0) return;
    this.#remember(step);
    const first = isSnapshot ? n : from;
    const isNew = this.#there[index]!.firstWithin(first, n) === undefined;
    const early = isNew && index > 0 ? this.#missingAt(index - 1, first, n) : undefined;
    if (early !== undefined) find('early', early);
    this.#checkOrder(step, find);
    if (index === this.#there.length - 1) this.#suspect(isSnapshot ? 1 : from, n, isSnapshot);
    this.#there[index]!.add(isSnapshot ? 1 : from, n);
    this.#itself[index]?.add(first, n);
  }

  excuse(from: number, to: number): void {
    if (from > to) return;
    this.#suspects = this.#suspects.filter(({ finding: { n } }) => n < from || n > to);
    this.#there.at(-1)!.add(from, to);
    for (const numbers of this.#itself) numbers.add(from, to);
  }

  lost(isCut: boolean): Found[] {
    const { stages, whole } = this.#rules;
    const [given, stored] = [this.#there[0]!, this.#there.at(-1)!];
    const lost = new Set(given.without(stored, 1, isCut ? stored.highest : Infinity));
    const found = [...lost].map((n) => this.#lost(n, this.#lastOf(n)));
    for (const stage of whole) {
      const index = stages.indexOf(stage);
      for (const n of this.#itself[index - 1]!.without(this.#itself[index]!))
        if (!lost.has(n)) found.push(this.#lost(n, stages[index - 1]!));
    }
    return found;
  }

  #remember(step: Step): void {
    this.#recent.push(step);
    if (this.#recent.length >= 2 * this.#keep) {
      const old = this.#recent
        .splice(0, this.#keep)
        .filter(({ from, isSnapshot }) => from !== undefined && !isSnapshot);
      if (old.length > 0) this.#wide = [...this.#wide, ...old].slice(-WIDE);
    }
    for (const suspect of this.#suspects) suspect.follow(step);
  }

  #missingAt(index: number, from: number, to: number): number | undefined {
    const there = this.#there[index]!;
    for (let n = from; n <= to; n++) if (!there.has(n)) return n;
    return undefined;
  }

  #checkOrder({ stage, place, n, from = n, isSnapshot }: Step, find: (fault: Fault, n: number) => void): void {
    const isStrict = this.#rules.strict.includes(stage);
    if (!isStrict && !this.#rules.ordered.includes(stage)) return;
    const at = `${stage} ${place}`;
    const seen = this.#seen.get(at) ?? new NumberSet();
    this.#seen.set(at, seen);
    if (isSnapshot) return seen.restart(n);
    const again = seen.firstWithin(from, n);
    if (again === undefined && n < seen.highest) find('reordered', n);
    else if (again !== undefined && isStrict) find('doubled', again);
    seen.add(from, n);
  }

  /** What the next message at the last stage has overtaken. */
  #suspect(from: number, to: number, isSnapshot: boolean): void {
    const stored = this.#there.at(-1)!;
    this.#suspects = this.#suspects.filter(({ finding: { n } }) => n < from || n > to);
    if (isSnapshot || this.#suspects.length >= SUSPECTS || from <= stored.highest + 1) return;
    const [n] = this.#there[0]!.without(stored, stored.highest + 1, from - 1);
    if (n !== undefined) this.#suspects.push(this.#lost(n, this.#lastOf(n)));
  }

  #lastOf(n: number): Stage {
    return this.#rules.stages.filter((_, index) => this.#there[index]!.has(n)).at(-1)!;
  }

  #lost(n: number, stage: Stage): Found {
    const suspect = this.#suspects.find(({ finding }) => finding.n === n);
    const steps = suspect?.steps ?? this.recent;
    const last = steps.find((step) => step.stage === stage && n >= (step.from ?? step.n) && n <= step.n);
    return new Found({ fault: 'lost', key: this.#key, n, stage, place: last?.place ?? 'at that time' }, steps);
  }
}
