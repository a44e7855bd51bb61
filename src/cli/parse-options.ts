import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { optionList } from './options.js';
import type { OptionValues } from './options.js';
import { UsageError } from './usage-error.js';

/** The table in the form that `parseArgs` takes. */
const config: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
  optionList.map(([name, { short, value, multiple = false }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', multiple, ...(short && { short }) },
  ]),
);

/** Parses arguments by the table of options. @throws UsageError for what is not in it */
export function parseOptions(args: readonly string[]): {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true });
  } catch (thrown) {
    throw new UsageError((thrown as Error).message);
  }
}
