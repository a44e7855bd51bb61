import type { Case } from '../case.js';
import { closing } from './closing.js';
import { compression } from './compression.js';
import { fragmentation } from './fragmentation.js';
import { framing } from './framing.js';
import { limits } from './limits.js';
import { pings } from './pings.js';
import { reservedBits, reservedOpcodes } from './reserved.js';
import { utf8 } from './utf8.js';

/** All cases, numbered as the public Autobahn test suite numbers them, where it has them. */
export const cases: readonly Case[] = [
  ...framing,
  ...pings,
  ...reservedBits,
  ...reservedOpcodes,
  ...fragmentation,
  ...utf8,
  ...closing,
  ...limits,
  ...compression,
];

export function caseOf(id: string): Case {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`Expected a case, got ${id}.`);
  return found;
}
