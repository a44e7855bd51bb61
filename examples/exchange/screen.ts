import colours from 'picocolors';

/** Where lines go. Beneath them a table may stand that is drawn again and again. */
export interface Screen {
  say(line: string): void;
  /** Draws the table anew. */
  show(table: readonly string[]): void;
}

/** Lines only, with the table from time to time, its head once: for pipes and files. */
export function plainScreen(write: (text: string) => void): Screen {
  let hasHead = false;
  return {
    say: (line) => write(`${line}\n`),
    show(table) {
      write(table.map((line, index) => (index || !hasHead ? `${line}\n` : '')).join(''));
      hasHead = true;
    },
  };
}

/** The table stays at the bottom of the terminal. */
export function liveScreen(write: (text: string) => void, columns: () => number): Screen {
  let shown: readonly string[] = [];
  const clear = () => (shown.length ? `\x1b[${shown.length}A\x1b[J` : '');
  const fitting = (line: string) => line.slice(0, Math.max(1, columns() - 1));
  const draw = () => shown.map((line, index) => `${index ? line : colours.bold(line)}\n`).join('');
  return {
    say(line) {
      write(`${clear()}${line}\n${draw()}`);
    },
    show(table) {
      const before = clear();
      shown = table.map(fitting);
      write(before + draw());
    },
  };
}
