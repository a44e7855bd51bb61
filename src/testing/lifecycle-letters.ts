import { TestScheduler } from 'rxjs/testing';
import { expectString, refuse } from '../protocol/arguments.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';

const LETTERS: Readonly<Record<LifecycleEvent['type'], string>> = {
  connecting: 'c',
  open: 'o',
  heartbeat: 'h',
  rejected: 'j',
  dropped: 'd',
  error: 'e',
  close: 'x',
  reconnecting: 'r',
};

const NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(LETTERS).map(([type, letter]) => [letter, type])),
  '#': 'the error of the lifecycle',
  '|': 'the completion of the lifecycle',
};

/** The letter of an event; what is none has a question mark. */
export const letterOf = ({ type }: Pick<LifecycleEvent, 'type'>): string =>
  Object.hasOwn(LETTERS, type) ? LETTERS[type] : '?';

/** What a letter stands for. */
export const nameOf = (letter: string): string => NAMES[letter] ?? 'something that is no lifecycle event';

/** The letters of marbles, with their frames. */
export function expectedIn(marbles: string): { readonly frame: number; readonly letter: string }[] {
  expectString('marbles', marbles);
  return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).map(({ frame, notification }) => {
    if (notification.kind !== 'N') return { frame, letter: notification.kind === 'E' ? '#' : '|' };
    const letter = String(notification.value);
    if (!Object.hasOwn(NAMES, letter)) refuse('marbles', 'made of the letters c o h j d e x r', letter, RangeError);
    return { frame, letter };
  });
}
