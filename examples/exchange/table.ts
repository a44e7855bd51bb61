import type { Trial } from './trial.js';

const COLUMNS: readonly (readonly [title: string, width: number, cell: (trial: Trial) => string | number])[] = [
  ['exchange', -11, ({ setting }) => setting],
  ['phase', -12, ({ phase }) => phase],
  ['s', 5, ({ seconds }) => seconds.toFixed(0)],
  ['open', 5, ({ client }) => client?.open ?? 0],
  ['books', 6, ({ client }) => Object.keys(client?.report?.numbers ?? {}).length],
  ['behind', 7, ({ behind }) => behind],
  ['rows', 9, ({ client }) => (client?.report?.stored ?? 0).toLocaleString('en')],
  ['forced', 7, ({ account }) => account.ends.break],
  ['gaps', 5, ({ client }) => client?.report?.gaps ?? 0],
  ['planned', 8, ({ account }) => account.ends.planned],
  ['alerts', 7, ({ client }) => client?.report?.alerts ?? 0],
  ['bans', 5, ({ account }) => account.bans],
];

const padded = (text: string, width: number) => (width < 0 ? text.padEnd(-width) : text.padStart(width));
const line = (cells: readonly string[]) => cells.map((cell, index) => padded(cell, COLUMNS[index]![1])).join(' ');

/** The state of all trials. */
export function tableOf(trials: readonly Trial[]): string[] {
  return [
    line(COLUMNS.map(([title]) => title)),
    ...trials.map((trial) => line(COLUMNS.map(([, , cell]) => String(cell(trial))))),
  ];
}
