import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';
import { bounded } from '../src/protocol/backoff.js';
import { HeartbeatTimeoutError } from '../src/protocol/errors.js';
import type { Link } from '../src/protocol/link.js';
import { monotonicNow } from '../src/rx/monotonic-now.js';

/** A timer that fires later than this was held up by its own machine: overloaded, throttled, suspended. */
const LATE = 1000;
/** How long what arrived meanwhile then has to be read. */
const GRACE = 1000;
/** How often within a timeout the link is asked whether any of what was sent has left. No event says so. */
const LOOKS = 8;

/**
 * Ends the connection with a `HeartbeatTimeoutError` unless the peer gives a sign of life within `timeout`: a frame of
 * any kind, or a byte of one that is still arriving.
 *
 * @param timeout milliseconds. As long as some of `sent` waits in our own buffers, it begins anew whenever some leaves
 * @param onSign is called after `timeout` where there was a sign, or where none could have been seen: the connection
 *   was paused meanwhile, or is closing
 * @param sent how many bytes were sent before
 */
export function awaitSign(
  timeout: number,
  link: Link,
  scheduler: SchedulerLike,
  onSign: () => void,
  sent = 0,
): Subscription {
  const { received, receivedBytes, pauses, paused } = link;
  const patience = bounded(timeout);
  let flushed = link.flushedBytes ?? Infinity;
  let elapsed = 0;
  let remaining = patience;
  let isExtended = false;
  let wait: number;
  let due: number;

  const delay = (): number => {
    wait = flushed < sent ? Math.min(remaining, Math.ceil(patience / LOOKS)) : remaining;
    due = monotonicNow(scheduler) + wait;
    return wait;
  };
  const hasSign = () => {
    const couldSee = link.writable !== false && !paused && !link.paused && link.pauses === pauses;
    return !couldSee || link.received !== received || link.receivedBytes !== receivedBytes;
  };
  const look = function (this: SchedulerAction<unknown>) {
    if (!isExtended && monotonicNow(scheduler) - due > LATE) {
      isExtended = true;
      this.schedule(undefined, GRACE);
      return;
    }
    elapsed += wait;
    remaining -= wait;
    const flushedNow = flushed < sent ? (link.flushedBytes ?? 0) : 0;
    if (flushedNow > flushed) {
      flushed = flushedNow;
      remaining = patience;
    }
    if (elapsed >= patience && hasSign()) onSign();
    else if (remaining <= 0)
      link.terminate(new HeartbeatTimeoutError(`The peer gave no sign of life for ${patience} ms.`));
    else {
      isExtended = false;
      this.schedule(undefined, delay());
    }
  };
  return scheduler.schedule(look, delay());
}
