import { markdownTable } from '../../test/helpers/markdown-table.mjs';
import { HORIZON } from './simulate.js';
import type { Outcome } from './simulate.js';
import type { Scene } from './scenes.js';

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
const most = (counts: readonly number[]) => counts.reduce((most, count) => Math.max(most, count), 0);

/** A Markdown table with the result of each policy in a scenario. */
export function table(outcomes: ReadonlyMap<string, Outcome>, { clients, outage }: Scene): string {
  const home = outage / 1000;
  const head = [
    'policy',
    'half back',
    'all back',
    'attempts a client',
    'most a second, away',
    '… after the return',
    'most in 100 ms',
  ];
  const rows = Array.from(outcomes, ([policy, { arrivals, opens, densest }]) => [
    policy,
    returned(opens, home, clients / 2) ?? 'never',
    returned(opens, home, clients) ?? `never: ${Math.floor((100 * sum(opens)) / clients)} % in ${HORIZON / 1000} s`,
    (sum(arrivals) / clients).toFixed(1),
    most(arrivals.slice(0, home)),
    most(arrivals.slice(home)),
    densest,
  ]);
  return markdownTable(head, rows, ['', 'r', 'r', 'r', 'r', 'r', 'r']);
}

/** The time from the end of the outage until the server has so many clients. */
function returned(opens: readonly number[], home: number, wanted: number): string | undefined {
  let back = 0;
  const second = opens.findIndex((count) => (back += count) >= wanted);
  return second < 0 ? undefined : `${second + 1 - home} s`;
}
