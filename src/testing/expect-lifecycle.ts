import { asyncScheduler, isObservable, Subscription } from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expectFunction, expectObject, expectString } from '../protocol/arguments.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { differenceOf } from './lifecycle-difference.js';
import type { Happening } from './lifecycle-difference.js';
import { expectedIn, letterOf } from './lifecycle-letters.js';
import { isInRunMode } from './run-mode.js';

/** What `TestScheduler.run` does last: later than what a test takes, and still an exact number. */
const END = 1e12;

/** A feed that should end and does not would run for ever: after so many events too many, it is unsubscribed. */
const TOO_MANY = 12;

/** What is expected of: a connection, or what has its lifecycle alone. */
interface ObservedLifecycle {
  readonly lifecycle: Observable<LifecycleEvent>;
  /** The same without subscribing. */
  readonly events?: Observable<LifecycleEvent>;
}

/** The result of {@link expectLifecycle}. */
export interface LifecycleExpectation {
  /**
   * Compares the lifecycle with marbles, at the end of `TestScheduler.run`.
   *
   * @throws TypeError if it is not a string, and RangeError if it has other letters
   */
  toBe(marbles: string): void;
}

/**
 * Expects a lifecycle to be as drawn, within `TestScheduler.run`. It is subscribed to as `expectObservable` subscribes.
 *
 * `c` connecting, `o` open, `h` heartbeat, `j` rejected, `d` dropped, `e` error, `x` close, `r` reconnecting; `#` and `|`
 * as everywhere. A failure draws both, the expected one and the actual one, and says where they part.
 *
 * @param feed a connection, or its lifecycle
 * @param subscription marbles of the subscription, as `expectObservable` takes them: `'---!'`. Default: until the test ends
 * @throws TypeError for a bad argument
 * @throws Error outside `TestScheduler.run`
 *
 * @example
 * testScheduler.run(({ cold }) => {
 *   const { transport } = scriptedServer(cold, ['--o--#', '--o']);
 *   const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [9] }));
 *   expectLifecycle(feed).toBe('c-o--(xr) 5ms c-o');
 * });
 */
export function expectLifecycle(
  feed: { readonly lifecycle: Observable<LifecycleEvent> } | Observable<LifecycleEvent>,
  subscription?: string,
): LifecycleExpectation {
  expectObject('feed', feed);
  const observed = isObservable(feed) ? { lifecycle: feed } : feed;
  expectFunction('feed.lifecycle.subscribe', (observed.lifecycle as { subscribe?: unknown } | undefined)?.subscribe);
  if (subscription !== undefined) expectString('subscription', subscription);
  if (!isInRunMode()) throw new Error('`expectLifecycle` works within `TestScheduler.run`.');

  return {
    toBe(marbles) {
      const { stack } = new Error();
      const expected = expectedIn(marbles);
      const actual = happeningsOf(observed, subscription, expected.length + TOO_MANY);
      asyncScheduler.schedule(() => {
        const difference = differenceOf(expected, actual);
        if (difference) throw thrownAt(stack, difference);
      }, END);
    },
  };
}

/**
 * Moves an error to where the expectation stands: at the end of the run, the stack is that of the scheduler.
 *
 * @param stack of an error that was made by the expectation, as V8 writes it; any other changes nothing
 */
function thrownAt(stack: string | undefined, error: Error): Error {
  const frames = String(stack)
    .split('\n')
    .filter((line) => /^ +at /.test(line));
  if (frames.length > 1) error.stack = [`${error.name}: ${error.message}`, ...frames.slice(1)].join('\n');
  return error;
}

/** @returns what happens, which grows. @param most so much may happen before it is unsubscribed */
function happeningsOf(feed: ObservedLifecycle, marbles: string | undefined, most: number): Happening[] {
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(marbles ?? null, true);
  const from = subscribedFrame === Infinity ? 0 : subscribedFrame;
  const happenings: Happening[] = [];
  const subscription = new Subscription();
  const note = (letter: string, event?: unknown) => {
    happenings.push({ frame: asyncScheduler.now(), letter, event });
    if (happenings.length === most) asyncScheduler.schedule(() => subscription.unsubscribe());
  };
  const noteEvent = (event: LifecycleEvent) => note(letterOf(event), event);
  const { lifecycle, events } = feed;
  // Another subscriber of the test may connect it before the lifecycle is subscribed to.
  if (events && from === 0) subscription.add(events.subscribe(noteEvent));
  asyncScheduler.schedule(() => {
    if (events && from > 0) subscription.add(events.subscribe(noteEvent));
    const end = (letter: string, error?: unknown) => {
      note(letter, error);
      subscription.unsubscribe();
    };
    subscription.add(
      lifecycle.subscribe({
        next: (event) => !events && noteEvent(event),
        error: (error: unknown) => end('#', error),
        complete: () => end('|'),
      }),
    );
  }, from);
  asyncScheduler.schedule(() => subscription.unsubscribe(), unsubscribedFrame); // `Infinity` never comes
  return happenings;
}
