import { Observable } from 'rxjs';

/** How many words of a script RxJS is given at a time. */
const MOST_WORDS = 200;

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/**
 * Plays a script of any length. RxJS copies the rest of a marble string at each duration: of a recording with ten
 * thousand messages that takes minutes, and of its parts a moment. A script with groups is no recording, and stays whole.
 */
export function inParts<T>(cold: (marbles: string) => Observable<T>, marbles: string): Observable<T> {
  const words = marbles.split(' ').filter((word) => word !== '');
  if (words.length <= MOST_WORDS || marbles.includes('(')) return cold(marbles);
  const parts: Observable<T>[] = [];
  let start = 0;
  for (let first = 0; first < words.length; first += MOST_WORDS) {
    const part = words.slice(first, first + MOST_WORDS);
    parts.push(cold(` ${start}ms ${part.join(' ')} `));
    start += part.reduce((time, word) => time + framesOf(word), 0);
  }
  return new Observable((subscriber) => {
    // How a connection ends stands at the end of the last one.
    for (const part of parts.slice(0, -1)) subscriber.add(part.subscribe((value) => subscriber.next(value)));
    subscriber.add(parts.at(-1)!.subscribe(subscriber));
  });
}

function framesOf(word: string): number {
  const [, time, unit] = DURATION.exec(word) ?? [];
  return time === undefined ? Array.from(word).length : Number(time) * UNITS[unit!]!;
}
