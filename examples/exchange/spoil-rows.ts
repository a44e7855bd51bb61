import type { Row } from './row-store.js';

/** So many rows are stored as they are before. */
const SOUND = 1000;

/** Loses a row, doubles another one, and has a third one overtaken by the next row of its symbol: once each. */
export function rowSpoiler(): (rows: readonly Row[]) => Row[] {
  const faults = ['lost', 'doubled', 'reordered'];
  let seen = 0;
  let held: Row | undefined;

  const spoil = (row: Row): Row[] => {
    if (held?.symbol === row.symbol) {
      const [late, isOvertaken] = [held, !row.isSnapshot];
      held = undefined;
      if (!isOvertaken) faults.push('reordered'); // another one
      return isOvertaken ? [row, late] : [late, row];
    }
    if (++seen < SOUND || seen % 100 || row.isSnapshot || held) return [row];
    const fault = faults.shift();
    if (fault === 'reordered') held = row;
    return fault === 'lost' || fault === 'reordered' ? [] : fault === 'doubled' ? [row, row] : [row];
  };
  return (rows) => rows.flatMap(spoil);
}
