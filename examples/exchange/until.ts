import { filter, firstValueFrom, interval, map, take, takeUntil, timer } from 'rxjs';

/** Waits for a condition. Throws what is in its way, or that it took too long. */
export async function until(
  what: string,
  seconds: number,
  isTrue: () => boolean,
  obstacle: () => string | undefined = () => undefined,
): Promise<void> {
  const wait = interval(50).pipe(
    map(() => obstacle() ?? isTrue()),
    filter(Boolean),
    take(1),
    takeUntil(timer(seconds * 1000)),
  );
  const result = await firstValueFrom(wait, { defaultValue: `${what}: not within ${seconds} s.` });
  if (typeof result === 'string') throw new Error(result);
}

export const sleep = (ms: number): Promise<0> => firstValueFrom(timer(ms));
