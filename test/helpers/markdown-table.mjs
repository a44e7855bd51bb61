import { markdownTable as aligned } from 'markdown-table';
import { util } from 'prettier';

/** Prettier's rule below the head has three dashes at least. */
const NARROWEST = 3;

const width = util.getStringWidth;

/** A cell is one line, and a `|` inside does not end it. */
const escaped = (cell) =>
  String(cell)
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<!\\)\|/g, '\\|');

function widened(name, align) {
  const blanks = ' '.repeat(Math.max(0, NARROWEST - width(name)));
  return align === 'r' ? blanks + name : name + blanks;
}

/**
 * A table in Markdown, laid out as prettier wants it.
 *
 * @param head the names of the columns
 * @param rows an array of cells for each row
 * @param align 'r' for each column that is aligned to the right
 */
export function markdownTable(head, rows, align = []) {
  const names = head.map((name, column) => widened(escaped(name), align[column]));
  return aligned([names, ...rows.map((cells) => cells.map(escaped))], { align, stringLength: width });
}
