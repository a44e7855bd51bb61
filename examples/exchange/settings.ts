import { parseArgs } from 'node:util';
import { SETTINGS } from './rules.js';
import type { Setting } from './rules.js';

/** What a client can be started without, to show what it is good for. */
export const FAULTS = ['inSequence', 'pace', 'overlap'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Settings {
  readonly settings: readonly Setting[];
  readonly isShort: boolean;
  readonly symbols: number;
  /** How many books change in a second. */
  readonly changes: number;
  /** The least number of connections that the exchange ends. */
  readonly ends: number;
  /** The least number of gaps that the client notices. */
  readonly gaps: number;
  readonly without: readonly Fault[];
  /** Whether clients spoil what they store, to show that this is found. */
  readonly spoilsRows: boolean;
  readonly seed: string;
}

const NAMES = Object.keys(SETTINGS) as Setting[];

export const USAGE = `npm run exchange -- [options]

Runs exchanges that break what they can, and a client of each that keeps 500 order books
right and stores every change in NATS JetStream. At the end every book is compared.

  --setting NAME    only one: ${NAMES.join(', ')}
  --short           fewer breaks, and all settings at once
  --without WHAT    a client without inSequence, pace or overlap, to show what happens
  --spoil           a client that loses a row, doubles one and moves one, to show what is found
  --symbols N       the number of books (500)
  --changes N       changed books per second (600; with --short 300)
  --ends N          connections that the exchange ends, at least (20; with --short 8)
  --gaps N          gaps that the client mends, at least (50; with --short 12)
  --seed TEXT       the seed of the changes and the breaks (random)
`;

/** @returns undefined if --help is given */
export function readSettings(args: string[]): Settings | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{ setting: text, without: text, symbols: text, changes: text, ends: text, gaps: text, seed: text },
      ...{ short: flag, spoil: flag, help: { ...flag, short: 'h' } },
    },
  });
  if (values.help) return undefined;

  const number = (name: 'symbols' | 'changes' | 'ends' | 'gaps', otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (Number.isInteger(value) && value > 0) return value;
    throw new RangeError(`Expected --${name} to be an integer of 1 or more, got ${values[name]}.`);
  };
  const oneOf = <T extends string>(name: 'setting' | 'without', all: readonly T[]): T | undefined => {
    const value = values[name];
    const found = all.find((each) => each === value);
    if (value === undefined || found) return found;
    throw new RangeError(`Expected --${name} to be one of ${all.join(', ')}, got ${value}.`);
  };
  const isShort = values.short ?? false;
  const setting = oneOf('setting', NAMES);
  const without = oneOf('without', FAULTS);
  return {
    settings: setting ? [setting] : NAMES,
    without: without ? [without] : [],
    spoilsRows: values.spoil ?? false,
    isShort,
    symbols: number('symbols', 500),
    changes: number('changes', isShort ? 300 : 600),
    ends: number('ends', isShort ? 8 : 20),
    gaps: number('gaps', isShort ? 12 : 50),
    seed: values.seed ?? Math.random().toString(36).slice(2, 8),
  };
}
