import { defer, dematerialize, materialize, repeat, startWith, switchMap, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import {
  heartbeat,
  onOpen,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../../src/index.node.js';
import type { Supervision } from '../../../src/index.node.js';
import { answer } from './moods.js';
import type { Moods } from './moods.js';
import type { Setup } from './steps.js';

/** The operators of a setup, in the order that the guides tell, and then those of users who want it otherwise. */
export function supervision(
  setup: Setup,
  moods: Readonly<Moods>,
  scheduler: SchedulerLike,
  startOver: Observable<unknown>,
): Supervision[] {
  const random = () => 0.5;
  const pinging = {
    frame: { ping: 'frame' },
    none: { ping: 'none' },
    message: { ping: () => 'ping', isReply: (data: string | Uint8Array) => data === 'pong' },
  } as const;

  const operators: (Supervision | false | undefined)[] = [
    setup.heartbeat && heartbeat({ ...pinging[setup.heartbeat], scheduler, random }),
    setup.onOpen && onOpen(() => defer(() => answer(moods.setUp, 0, scheduler))),
    setup.refresh && refreshOnUnauthorized(() => defer(() => answer(moods.refresh, 0, scheduler)), { scheduler }),
    setup.stop && stopOnFatalClose(),
    setup.retry && retryWithBackoff({ initialDelay: 10, maxDelay: 1000, scheduler, random }),
    setup.repeat && repeat({ delay: () => timer(10, scheduler) }),
    (source) =>
      startOver.pipe(
        startWith(undefined),
        switchMap(() => source.pipe(materialize())),
        dematerialize(),
      ),
  ];
  return operators.filter((operator) => operator !== undefined && operator !== false);
}
