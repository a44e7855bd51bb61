import { readdirSync, readFileSync } from 'node:fs';
import type { Judgement } from '../../bench/verdict.mjs';
import { ROOT } from '../readme/pages.js';

export interface Row {
  readonly title: string;
  readonly unit: string;
  readonly medians: Readonly<Record<string, number>>;
  /** `null` where it could not be counted. */
  readonly allocated?: Readonly<Record<string, number | null>>;
  readonly verdicts: readonly Judgement[];
}

/** What `npm run bench -- --keep NAME` wrote on one machine. */
export interface Machine {
  readonly name: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, Row>>;
}

const FOLDER = `${ROOT}bench/results`;

export const machines: readonly Machine[] = readdirSync(FOLDER)
  .sort()
  .map((file) => {
    const kept = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Omit<Machine, 'name'>;
    return { name: file.replace(/\.json$/, ''), ...kept };
  });
