import { concatMap, defer, dematerialize, EMPTY, materialize, Observable, of, Subscription } from 'rxjs';
import type { NextNotification, ObservableInput, Observer, OperatorFunction } from 'rxjs';
import { expectFunction } from '../src/protocol/arguments.js';
import { unsubscribeSafely } from '../src/rx/for-each-safely.js';
import { SetupError } from '../src/protocol/errors.js';
import { causedBy, toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent, OpenEvent } from '../src/protocol/lifecycle.js';
import type { Link } from '../src/protocol/link.js';

/** `CloseCode.SETUP_FAILED`, without the whole table in every bundle. */
const SETUP_FAILED = 4000;

/**
 * Sets every connection up before it counts as open: authenticate, resume, subscribe. Each `open` is held back until
 * what `setUp` returns completes, and with it the outbox.
 *
 * ```
 * source:         c--o---------x#       (x: close)
 * setUp(link):       ----|
 * onOpen(setUp):  c------o-----x#
 * ```
 *
 * What arrives meanwhile reaches `link.messages` and the messages of the connection alike; what the lifecycle tells
 * meanwhile follows the `open`. A connection that ends during its set-up was never open: the set-up is unsubscribed, and
 * what was held back follows without the `open`.
 *
 * A throw, a rejection or an error of `setUp` closes the connection with 4000, and its lifecycle ends with a
 * `SetupError`, fatal if its cause is. A set-up has all the time it takes: give it a `timeout` where a server may not
 * answer. Errors and completes with the source; unsubscribing ends the set-up.
 *
 * @typeParam In messages that arrive; as an argument of `observeWebSocket` those of the connection, else `unknown`
 * @typeParam Out messages that are sent; likewise
 * @param setUp is called with the `link`, whose `send` goes ahead of the outbox; what it emits is ignored
 * @throws TypeError where `setUp` is not a function
 *
 * @example
 * onOpen<Reply, Request>((link) => {
 *   link.send({ op: 'auth', token });
 *   return link.messages.pipe(first(({ op }) => op === 'welcome'), timeout(5000));
 * })
 * @see [drawn from a run](../docs/operators.md#onopen)
 */
export function onOpen<In = unknown, Out = unknown>(
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a set-up that only sends has nothing to return
  setUp: (link: Link<In, Out>) => void | ObservableInput<unknown>,
): OperatorFunction<LifecycleEvent<In, Out>, LifecycleEvent> & OperatorFunction<LifecycleEvent, LifecycleEvent> {
  expectFunction('setUp', setUp);

  const setUpBefore = (open: NextNotification<OpenEvent>): Observable<NextNotification<OpenEvent>> => {
    const { link } = open.value;
    return new Observable((subscriber) => {
      const end = () => subscriber.complete();
      subscriber.add(link.messages.subscribe({ error: end, complete: end })); // with the connection
      if (subscriber.closed) return;

      // RxJS takes it for a Subscriber: it hears no more when it is left, though it is being subscribed still.
      const settingUp: Subscription & Observer<unknown> = Object.assign(new Subscription(), {
        next: () => undefined,
        error(thrown: unknown) {
          if (settingUp.closed) return;
          const cause = toError(thrown);
          const message = `The set-up of the connection failed: ${cause.message}`;
          link.terminate(new SetupError(message, causedBy(cause)), SETUP_FAILED);
          end();
        },
        complete() {
          if (link.writable !== false) subscriber.next(open); // else it closes: only its `close` is still to come
          end();
        },
      });
      subscriber.add(() => unsubscribeSafely(settingUp));
      defer(() => setUp(link as Link<In, Out>) ?? EMPTY).subscribe(settingUp);
    });
  };

  // Materialized, because an error would overtake what comes before it where that waits in `concatMap`.
  return (source: Observable<LifecycleEvent>) =>
    source.pipe(
      materialize(),
      concatMap((told) =>
        told.kind === 'N' && told.value.type === 'open' ? setUpBefore(told as NextNotification<OpenEvent>) : of(told),
      ),
      dematerialize(),
    );
}
