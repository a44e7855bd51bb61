import { refuse } from '../protocol/arguments.js';
import { isPong, isStep, opens, stepFor } from './script.js';
import type { ScriptStep } from './script.js';

/** A duration as RxJS reads it: at the beginning or behind a blank, and with a blank behind it. */
const DURATIONS = /(?<=^| )\d+(?:\.\d+)?(?:ms|s|m) /g;

/** A duration with nothing behind it, which RxJS reads as letters. */
const DURATION_AT_END = /(?<=^| )\d+(?:\.\d+)?(?:ms|s|m)$/;

/** A duration that is not parted from letters, which RxJS reads as letters. Of `5s` that cannot be known. */
const GLUED = /(?<![\d.])\d+(?:\.\d+)?ms/;

const withoutDurations = (marbles: string): string => marbles.replace(DURATIONS, '');

/** The letters of a marble string: what is neither a duration nor a character that RxJS knows. */
const lettersOf = (marbles: string): Set<string> => new Set(withoutDurations(marbles).match(/[^\s\-()^!|#]/gu));

/** A marble string, and the steps of its letters. */
export interface Script {
  readonly marbles: string;
  readonly steps: Readonly<Record<string, ScriptStep>>;
  /** Whether it sends pongs of its own. */
  readonly hasPong: boolean;
}

/** @throws TypeError if a value cannot be sent, or a duration has no blanks around it */
export function scriptsWith(values: Readonly<Record<string, unknown>>, scripts: readonly string[]): Script[] {
  for (const [letter, value] of Object.entries(values)) {
    if (value === undefined) refuse(`values.${letter}`, 'a value that can be sent', value);
  }
  return scripts.map((script, index) => {
    const marbles = script.replace(/\s/g, ' ').replace(DURATION_AT_END, ''); // of all blanks RxJS knows one
    const letters = [...lettersOf(marbles)];
    const [unknown] = /[!^]/.exec(withoutDurations(marbles)) ?? [];
    if (unknown) refuse(`scripts[${index}]`, `a marble string without ${unknown}`, script);
    const [glued = ''] = GLUED.exec(withoutDurations(marbles)) ?? [];
    if (glued && !['m', 's'].every((letter) => Object.hasOwn(values, letter))) {
      refuse(`scripts[${index}]`, `a marble string with a blank before and behind ${glued}`, script);
    }
    return {
      marbles,
      steps: Object.fromEntries(letters.map((letter) => [letter, stepOf(letter, values)])),
      hasPong: letters.some((letter) => isPong(values[letter])),
    };
  });
}

function stepOf(letter: string, values: Readonly<Record<string, unknown>>): ScriptStep {
  if (!Object.hasOwn(values, letter)) return letter === 'o' ? opens : stepFor(letter, letter);
  const value = values[letter];
  // `o` is no message, whatever its value says, but it can be another step.
  return letter === 'o' && !isStep(value) ? opens : stepFor(value, `values.${letter}`);
}
