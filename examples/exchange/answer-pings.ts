import { tap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import type { LifecycleEvent } from 'rxwire';

/** Answers pings that are messages: `{"ping":1}` with `{"pong":1}`. They are not delivered. */
export function answerPings(): MonoTypeOperatorFunction<LifecycleEvent> {
  return tap((event) => {
    if (event.type !== 'open') return;
    const { link } = event;
    link.intercept((data) => {
      const isPing = typeof data === 'string' && data.startsWith('{"ping"');
      if (isPing) link.sendRaw(data.replace('ping', 'pong'));
      return isPing;
    });
  });
}
