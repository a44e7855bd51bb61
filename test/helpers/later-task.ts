import { firstValueFrom, timer } from 'rxjs';

/** A task of the platform later: every promise that can settle has done so, and RxJS has reported its unhandled errors. */
export async function laterTask(): Promise<void> {
  await firstValueFrom(timer(0));
}
