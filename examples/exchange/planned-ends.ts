import type { ClientProcess } from './client-process.js';
import type { RowStore } from './row-store.js';
import { RowTally } from './row-tally.js';
import { DELISTED } from './rules.js';
import type { Trial } from './trial.js';

/** What happened while nothing broke, and connections came to their planned ends. */
export interface PlannedEnds {
  /** How many rows there were before, and after. */
  readonly rows: readonly [before: number, after: number];
  readonly ends: number;
  /** How many connections the exchange had to end itself. */
  readonly cuts: number;
  /** The same without an overlap. */
  readonly control: { readonly ends: number; readonly missed: number } | undefined;
}

/** Nothing breaks, and every connection comes to its planned end. */
export async function planEnds(
  trial: Trial,
  client: ClientProcess,
  store: RowStore,
  isShort: boolean,
): Promise<PlannedEnds> {
  const { market, rules } = trial;
  const { ends } = client.account;
  const before = { ...ends };
  const size = await store.size();
  const count = Math.ceil(market.symbols.length / rules.keysPerConnection) * (isShort ? 1 : 2);
  const [control] = await Promise.all([
    isShort ? undefined : endWithoutOverlap(trial),
    client.until('Planned ends', 60, () => ends.planned - before.planned >= count),
  ]);
  await client.catchUp();
  const rows = [size, await store.size()] as const;
  return { rows, ends: ends.planned - before.planned, cuts: ends.rules - before.rules, control };
}

/** The same, of a client without an overlap. */
async function endWithoutOverlap(trial: Trial): Promise<{ readonly ends: number; readonly missed: number }> {
  const symbols = trial.market.symbols.slice(0, trial.rules.keysPerConnection - DELISTED.length); // one connection
  const { client, store } = await trial.start(`${trial.setting}-control`, symbols, ['overlap']);
  try {
    const { ends } = client.account;
    await client.catchUp();
    await client.until('Planned ends without an overlap', 60, () => ends.planned >= 2);
    await client.catchUp();
    const { missed } = await RowTally.of(store);
    return { ends: ends.planned, missed };
  } finally {
    client.kill();
    await store.close();
  }
}
