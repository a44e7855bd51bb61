import { describeFound } from './draw-timeline.js';
import { Found } from './found.js';
import { STAGES } from './history.js';
import type { Fault, Stage, Step } from './history.js';
import { Line } from './line.js';

/** The rules of a history. */
export interface Rules {
  /** The stages that were recorded. Default: all. */
  readonly stages?: readonly Stage[];
  /** The stages at which a place has each message once, and in order. Default: all that were recorded. */
  readonly strict?: readonly Stage[];
  /** The stages at which a place has messages in order, and may repeat them. Default: none. */
  readonly ordered?: readonly Stage[];
  /** The stages that have all that was at the stage before; no snapshot stands for it. Default: none. */
  readonly whole?: readonly Stage[];
}

/** How much of a history is kept. */
export interface Window {
  /** The steps of a key that are kept to draw what is found. Default: 64. */
  readonly keep?: number;
  /** The findings of a kind that are drawn; all are counted. Default: 2. */
  readonly most?: number;
}

/**
 * Decides what is lost, doubled, reordered or early, step by step. Steps are taken in the order of their times. Memory grows
 * with keys, and with gaps in their numbers, and not with messages.
 */
export class HistoryChecker {
  /** The first ones of them. */
  readonly found: Found[] = [];
  /** How many there are of each kind. */
  readonly counts = new Map<Fault, number>();
  readonly #rules: Required<Rules>;
  readonly #keep: number;
  readonly #most: number;
  readonly #lines = new Map<string, Line>();
  #start: number | undefined;

  constructor(rules: Rules = {}, { keep = 64, most = 2 }: Window = {}) {
    const { stages = STAGES, strict = stages, ordered = [], whole = [] } = rules;
    this.#rules = { stages, strict, ordered, whole };
    this.#keep = keep;
    this.#most = most;
  }

  /** How many keys have not ended. */
  get keys(): number {
    return this.#lines.size;
  }

  take(step: Step): void {
    this.#start ??= step.at;
    const line = this.#lines.get(step.key) ?? new Line(step.key, this.#rules, this.#keep);
    this.#lines.set(step.key, line);
    for (const found of this.found) found.follow(step);
    line.take(step, (fault, n) => {
      const { stage, key, place } = step;
      this.#add(new Found({ fault, key, n, stage, place }, line.recent));
    });
  }

  /** Numbers of a key that may be lost: what becomes of them is not known. */
  excuse(key: string, from: number, to: number): void {
    this.#lines.get(key)?.excuse(from, to);
  }

  /**
   * Nothing more comes of a key, and it is forgotten.
   *
   * @param isCut whether what was given after the newest message at the last stage may be lost
   */
  end(key: string, isCut = false): void {
    for (const lost of this.#lines.get(key)?.lost(isCut) ?? []) this.#add(lost);
    this.#lines.delete(key);
  }

  /** Ends all keys. */
  finish(isCut = false): void {
    for (const key of this.#lines.keys()) this.end(key, isCut);
  }

  /** The first findings, drawn, and how many there are of each kind. Empty if there are none. */
  describe(): string {
    return describeFound(this.found, this.counts, this.#rules.stages, this.#start);
  }

  #add(found: Found): void {
    const { fault } = found.finding;
    const before = this.counts.get(fault) ?? 0;
    this.counts.set(fault, before + 1);
    if (before < this.#most) this.found.push(found);
  }
}
