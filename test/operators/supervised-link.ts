import { Subject } from 'rxjs';
import { heartbeat } from '../../operators/index.js';
import type { HeartbeatOptions } from '../../operators/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { brief } from '../helpers/record.js';
import { FakeLink } from './fake-link.js';
import { close, connecting, open } from './lifecycle-events.js';

/** What a link is made with. */
interface LinkOptions {
  readonly pingFrames?: boolean;
  readonly clock?: CountingScheduler;
}

/** A connection that is open from 0 on, under a heartbeat; what happens to it is in `log`. */
export function supervised(
  options: HeartbeatOptions = {},
  { pingFrames = true, clock = new CountingScheduler() }: LinkOptions = {},
) {
  const link = new FakeLink(clock, { pingFrames });
  const { log } = link;
  const source = new Subject<LifecycleEvent>();
  link.onTerminate = () => source.next(close());
  const subscription = source
    .pipe(heartbeat({ interval: 100, timeout: 30, random: () => 0.25, scheduler: clock, ...options }))
    .subscribe({
      next: (event) => {
        if (event.type === 'heartbeat') link.note(brief(event));
      },
      error: (error: unknown) => link.note(`# ${String(error)}`),
      complete: () => link.note('|'),
    });
  source.next(connecting());
  source.next(open(link));
  return { clock, link, log, source, subscription };
}
