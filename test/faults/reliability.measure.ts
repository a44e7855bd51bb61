import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { clientsOf, measure } from './compare.js';
import { matrix } from './matrix.js';
import { writeRows } from './page.js';

/** How many faults run at the same time. Clients mostly wait. */
const AT_ONCE = 8;

it('docs/reliability.md is written with new measurements', { timeout: 1_200_000 }, async () => {
  const runs = matrix.flatMap(({ title, faults }) =>
    faults.flatMap((fault) =>
      Object.entries(clientsOf(fault)).map(([name, client]) => ({ title, fault, name, client })),
    ),
  );

  const measured = await lastValueFrom(
    from(runs).pipe(
      mergeMap(async (run) => ({ run, row: await measure(run.fault, run.name, run.client) }), AT_ONCE),
      toArray(),
    ),
  );

  const rows = new Map(measured.map(({ run, row }) => [run, row]));
  await writeRows(
    matrix.map(({ title }) => ({
      title,
      rows: runs.filter((run) => run.title === title).map((run) => rows.get(run)!),
    })),
  );
  expect(rows.size).toBe(runs.length);
});
