import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('results/', import.meta.url);

/** Keeps a row's medians, intervals and verdicts in results/NAME.json, in place of what stood there for that row. */
export function keep(machine, where, { name, title, unit, medians, allocated, verdicts }) {
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${machine}.json`, folder);
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : {};
  rows[name] = { title, unit, medians, allocated, verdicts };
  writeFileSync(file, `${JSON.stringify({ ...where, rows }, rounded, 2)}\n`);
}

const rounded = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
