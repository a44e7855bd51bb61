import { expect, it } from 'vitest';
import { clientsOf } from './compare.js';
import { matrix } from './matrix.js';
import { readRows } from './page.js';

it('docs/reliability.md has a row for every fault and every client that it applies to', async () => {
  const rows = await readRows();

  expect(rows.map(({ fault, client }) => `${fault}: ${client}`)).toEqual(
    matrix.flatMap(({ faults }) =>
      faults.flatMap((fault) => Object.keys(clientsOf(fault)).map((client) => `${fault.name}: ${client}`)),
    ),
  );
});
