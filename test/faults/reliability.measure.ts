import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { clientsOf, measure } from './compare.js';
import { matrix } from './matrix.js';
import { writeRows } from './page.js';

/** How many faults happen at the same time: clients wait most of theirs. */
const AT_ONCE = 8;

it('docs/reliability.md says what is measured now', { timeout: 1_200_000 }, async () => {
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
