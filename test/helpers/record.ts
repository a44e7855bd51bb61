import { asyncScheduler } from 'rxjs';
import type { Observable } from 'rxjs';
import type { LifecycleEvent } from '../../src/index.node.js';

/** A lifecycle event in a few words: what its type is, and what it says. */
export function brief(event: LifecycleEvent): string {
  switch (event.type) {
    case 'connecting':
    case 'open':
      return `${event.type} ${event.attempt}`;
    case 'heartbeat':
      return `heartbeat ${event.latency}`;
    case 'rejected':
      return `rejected ${String(event.data)}`;
    case 'dropped':
      return `dropped ${event.count} ${event.reason}`;
    case 'error':
      return `error ${event.error.name}`;
    case 'close':
      return `close ${event.code}${event.reason && ` ${event.reason}`} ${event.initiator}${event.wasClean ? '' : ' unclean'}`;
    case 'reconnecting':
      return `reconnecting ${event.retry} in ${event.delay} after ${event.error.name}`;
  }
}

/** What a stream did: one line a notification, with the virtual time before it. */
export function record<T>(
  stream: Observable<T>,
  describe: (value: T) => string = (value) => JSON.stringify(value),
  leaving?: Observable<unknown>,
): string[] {
  const lines: string[] = [];
  const note = (what: string) => lines.push(`${asyncScheduler.now()} ${what}`);
  const subscription = stream.subscribe({
    next: (value) => note(describe(value)),
    error: (error: unknown) => note(`# ${(error as Error).name}`),
    complete: () => note('|'),
  });
  leaving?.subscribe(() => subscription.unsubscribe());
  return lines;
}
