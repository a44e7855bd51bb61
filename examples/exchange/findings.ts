import { equal } from './book.js';
import type { ClientProcess } from './client-process.js';
import type { PlannedEnds } from './planned-ends.js';
import type { RowStore } from './row-store.js';
import { RowTally } from './row-tally.js';
import type { Trial } from './trial.js';

export interface Findings {
  readonly summary: string;
  /** What is not as it should be. */
  readonly failures: readonly string[];
}

const count = (value: number, what: string) => `${value.toLocaleString('en')} ${what}${value === 1 ? '' : 's'}`;

/** Compares what a client and its stream have with what is true. */
export async function examine(
  { market, account, setting, seconds, mustAlert }: Trial,
  { report, exit, options }: ClientProcess,
  store: RowStore,
  planned: PlannedEnds,
): Promise<Findings> {
  const { levels = {}, numbers, received, stored, gaps, alerts, refused } = report!;
  const truth = (symbol: string, number: number) => market.bookAt(symbol, number);
  const tally = await RowTally.of(store, planned.rows, truth);
  const wrong = market.symbols.filter((symbol) => !equal(truth(symbol, numbers[symbol]!)?.levels, levels[symbol]));
  const wrongRows = market.symbols.filter((symbol) => tally.wrong.has(symbol) || !tally.books.has(symbol));
  const right = market.symbols.length - new Set([...wrong, ...wrongRows]).size;
  const missing = received - tally.rows;
  const { ends, violations } = account;
  const gone = options.symbols.filter((symbol) => !market.has(symbol));

  const failures = [
    exit?.status !== 0 && `The client ended with ${exit?.signal ?? `status ${exit?.status}`}.`,
    wrong.length > 0 && `${count(wrong.length, 'book')} wrong: ${wrong.slice(0, 5).join(', ')}.`,
    missing !== 0 && `${count(missing, 'row')} missing of ${received}.`,
    stored !== tally.rows && `${count(stored, 'row')} acknowledged, ${tally.rows} stored.`,
    tally.unlinked > 0 && `${count(tally.unlinked, 'row')} without the row before.`,
    wrongRows.length > 0 &&
      `${count(wrongRows.length, 'book')} wrong at some time: ${wrongRows.slice(0, 5).join(', ')}.`,
    refused.join() !== gone.join() && `Refused symbols: ${refused.join() || 'none'}, and not ${gone.join()}.`,
    tally.missed > 0 && `${count(tally.missed, 'change')} missed at ${count(planned.ends, 'planned end')}.`,
    planned.cuts > 0 && `${count(planned.cuts, 'connection')} not ended as planned.`,
    planned.control?.missed === 0 && 'No change was missed at planned ends without an overlap either.',
    mustAlert && alerts === 0 && 'No alert, though the exchange was down.',
    violations.length > 0 && `Against the rules of the exchange: ${violations.join(', ')}.`,
  ].filter((failure) => failure !== false);

  const { control } = planned;
  const summary = [
    `${setting}, ${seconds.toFixed(0)} s:`,
    `${right.toLocaleString('en')} of ${count(market.symbols.length, 'book')} right`,
    `${count(tally.rows, 'row')} stored, ${missing} missing, ${tally.repeated} repeated`,
    `${count(ends.break, 'forced end')}, ${count(gaps, 'gap')} mended, ${count(alerts, 'alert')}, ${count(account.bans, 'ban')}`,
    `${count(planned.ends, 'planned end')} with ${count(tally.missed, 'change')} missed`,
    ...(control
      ? [`${count(control.ends, 'planned end')} without an overlap: ${count(control.missed, 'change')} missed`]
      : []),
  ].join('\n  ');
  return { summary, failures };
}
