import { asyncScheduler, map, NEVER, of, throwError, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';

/** How something outside answers: at once, after a while, with a failure, or never. */
export type Mood = 'well' | 'slow' | 'badly' | 'never';

/** Everything outside of the library that a connection has to wait for. */
export interface Moods {
  /** The server's answers to a handshake; 'badly' refuses with 503. */
  handshake: Mood;
  /** Its answers to a Close frame; 'badly' breaks the connection. */
  goodbye: Mood;
  /** Its answers to a ping; 'badly' is never. */
  pong: Mood;
  /** The user's functions. */
  url: Mood;
  setUp: Mood;
  refresh: Mood;
}

export const MOODS = ['well', 'slow', 'badly', 'never'] as const satisfies readonly Mood[];

/** What 'slow' takes. */
export const SLOW = 5;

/** Answers as its mood is: emits once. */
export function answer<T>(mood: Mood, value: T, scheduler: SchedulerLike = asyncScheduler): Observable<T> {
  switch (mood) {
    case 'well':
      return of(value);
    case 'slow':
      return timer(SLOW, scheduler).pipe(map(() => value));
    case 'badly':
      return throwError(() => new Error('in a bad mood'));
    case 'never':
      return NEVER;
  }
}
