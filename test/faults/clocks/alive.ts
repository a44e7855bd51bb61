import { filter, firstValueFrom, timer } from 'rxjs';
import { heartbeat, observeWebSocket } from '../../../src/index.node.js';
import type { Duration } from './durations.js';

/** Whether a peer that answers is found to be alive, though this process was stopped when the answer came. */
export function alive(server: string, unit: number): Record<string, Duration> {
  const watched = async (options: Parameters<typeof heartbeat>[0]) => {
    const feed = observeWebSocket(`${server}/slow?pong=${unit / 2}`, heartbeat({ random: () => 0, ...options }));
    let closes = 0;
    feed.events.pipe(filter(({ type }) => type === 'close')).subscribe(() => closes++);
    const subscription = feed.lifecycle.subscribe({ error: () => {} });
    await firstValueFrom(timer(10 * unit));
    subscription.unsubscribe();
    return closes;
  };
  return {
    'heartbeat: closes of a healthy connection': {
      expected: 0,
      isCount: true,
      measure: () => watched({ interval: unit, timeout: 1.5 * unit }),
    },
  };
}
