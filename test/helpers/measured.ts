/** How far a size may be from the one that is written down: code grows and shrinks a little with every change. */
const TOLERANCE = 0.03;

const cellsIn = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const inUnit = (bytes: number, unit: number) => (bytes / unit).toFixed(1);

const isNear = (written: string | undefined, bytes: number, unit: number) =>
  Math.abs(Number(written) * unit - bytes) <= Math.max(TOLERANCE * bytes, 0.1 * unit);

/**
 * The rows of a table of sizes, of which each number is bytes. What is written down stays where it is right, more or
 * less; rows that are not measured stay too.
 *
 * @param table as it is written down; its first column names the rows
 * @param unit bytes
 */
export function measured(
  table: string,
  rows: readonly (readonly [name: string, ...cells: (string | number)[]])[],
  unit = 1000,
): readonly (readonly string[])[] {
  const [, , ...lines] = table.split('\n');
  const written = new Map(lines.map((line) => [cellsIn(line)[0]!, cellsIn(line)]));
  for (const [name, ...cells] of rows) {
    const before = written.get(name);
    const after = cells.map((cell, column) => {
      if (typeof cell === 'string') return cell;
      const old = before?.[column + 1];
      return isNear(old, cell, unit) ? old! : inUnit(cell, unit);
    });
    written.set(name, [name, ...after]);
  }
  return [...written.values()];
}
