import { expect, it } from 'vitest';
import type { Findings } from './program/program.js';
import { expected } from './expected.js';
import type { Traits } from './places/place-kind.js';

/** In CI every place is tested; elsewhere, those that are installed. */
export const isTested = (place: { version(): string | undefined }) =>
  process.env.CI !== undefined || place.version() !== undefined;

/** Runs the program once, and has a test for each of its steps. */
export function proves(traits: Traits, run: () => Promise<Findings>): void {
  let findings: Promise<Findings> | undefined;

  it.each(Object.entries(expected(traits)))('%s: %s', async (step, outcome) => {
    expect((await (findings ??= run()))[step as keyof Findings]).toBe(outcome);
  });
}
