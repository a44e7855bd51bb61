import { Observable } from 'rxjs';

/** How many words of a script RxJS is given at a time. */
const MOST_WORDS = 200;

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Groups, and anything behind the end of the connection: only who writes a script by hand has these. */
const WHOLE = /\(|[|#][^]*\S/;

/**
 * The parts of a long script, each from its beginning on. RxJS copies the rest of a marble string at each duration: a
 * recording with ten thousand messages takes it minutes, and its parts a moment.
 */
export function partsOf(marbles: string): string[] {
  const words = marbles.split(' ').filter((word) => word !== '');
  if (words.length <= MOST_WORDS || WHOLE.test(marbles)) return [marbles];
  const parts: string[] = [];
  let start = 0;
  for (let first = 0; first < words.length; first += MOST_WORDS) {
    const part = words.slice(first, first + MOST_WORDS);
    parts.push(` ${start}ms ${part.join(' ')} `);
    start += part.reduce((time, word) => time + framesOf(word), 0);
  }
  return parts;
}

/** Plays the parts of a script side by side. Their time has to be exact, as virtual time is. */
export function sideBySide<T>(parts: readonly Observable<T>[]): Observable<T> {
  if (parts.length === 1) return parts[0]!;
  return new Observable((subscriber) => {
    // How the connection ends stands at the end of the last one.
    for (const part of parts.slice(0, -1)) subscriber.add(part.subscribe((value) => subscriber.next(value)));
    subscriber.add(parts.at(-1)!.subscribe(subscriber));
  });
}

function framesOf(word: string): number {
  const [, time, unit] = DURATION.exec(word) ?? [];
  return time === undefined ? Array.from(word).length : Number(time) * UNITS[unit!]!;
}
