export type Align = 'r' | '';

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  align?: readonly Align[],
): string;
