import { defer, EMPTY, filter, mergeMap, Observable, of, Subject } from 'rxjs';
import type { ObservableInput, OperatorFunction } from 'rxjs';
import { expectFunction } from '../src/protocol/arguments.js';
import { SetupError } from '../src/protocol/errors.js';
import { sentenceOf } from '../src/protocol/sentence-of.js';
import { causedBy, toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent, OpenEvent } from '../src/protocol/lifecycle.js';
import type { Link } from '../src/protocol/link.js';
import { unsubscribeSafely } from '../src/rx/for-each-safely.js';
import { LeanSubscriber } from '../src/rx/lean-subscriber.js';

/** `CloseCode.SETUP_FAILED`, without the whole table in every bundle. */
const SETUP_FAILED = 4000;

/**
 * Sets every connection up before it counts as open: authenticate, resume, subscribe. Each `open` is held back until
 * what `setUp` returns completes, and with it the outbox.
 *
 * ```
 * source:         c--o--r------x#       (r: rejected, x: close)
 * setUp(link):       ----|
 * onOpen(setUp):  c-----ro-----x#
 * ```
 *
 * Only `open` is held back: every other event passes at once. What arrives meanwhile reaches `link.messages` and the
 * messages of the connection alike. A connection that ends during its set-up was never open: the set-up is
 * unsubscribed, and its `open` does not follow.
 *
 * A throw, a rejection or an error of `setUp` closes the connection with 4000, and its lifecycle ends with a
 * `SetupError`, which is fatal if its `cause` is and has the `retryAfter` of that. A set-up has all the time it takes:
 * give it a `timeout` where a server may not answer.
 *
 * Completes when the source has completed and no `open` is held back. An error of the source passes at once, and the
 * set-up is unsubscribed, as it is on unsubscription.
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

  return (source: Observable<LifecycleEvent>) =>
    defer(() => {
      const closes = new Subject<void>();
      return source.pipe(
        mergeMap((event) => {
          if (event.type === 'close') closes.next();
          return event.type === 'open' ? setUpFirst(event, setUp, closes) : of(event);
        }),
      );
    });
}

/** Emits `open` when its set-up has completed, and completes without it where the connection ends before. */
function setUpFirst<In, Out>(
  open: OpenEvent,
  setUp: (link: Link<In, Out>) => unknown,
  closes: Observable<void>,
): Observable<OpenEvent> {
  const link = open.link as Link<In, Out>;
  return new Observable((subscriber) => {
    const end = () => subscriber.complete();
    subscriber.add(link.messages.subscribe({ error: end, complete: end }));
    // Two lifecycles may be merged: one that is known to be open has not closed.
    subscriber.add(closes.pipe(filter(() => link.writable !== true)).subscribe(end));
    if (link.writable === false) end();
    if (subscriber.closed) return;

    const settingUp = new SettingUp((failure) => {
      if (failure) terminate(link, failure.thrown);
      else if (link.writable !== false) subscriber.next(open); // else it closes: only its `close` is still to come
      end();
    });
    subscriber.add(() => unsubscribeSafely(settingUp));
    settingUp.subscribeTo(defer(() => (setUp(link) ?? EMPTY) as ObservableInput<unknown>));
  });
}

/** Waits for the end of a set-up, whose failure counts no more once this is unsubscribed. */
class SettingUp extends LeanSubscriber<unknown> {
  readonly #ended: (failure?: { readonly thrown: unknown }) => void;

  constructor(ended: (failure?: { readonly thrown: unknown }) => void) {
    super();
    this.#ended = ended;
  }

  next(): void {
    // what it emits is ignored
  }

  error(thrown: unknown): void {
    if (!this.closed) this.#ended({ thrown });
  }

  complete(): void {
    this.#ended();
  }
}

function terminate<In, Out>(link: Link<In, Out>, thrown: unknown): void {
  const error = toError(thrown);
  const cause = Object(thrown) === thrown ? thrown : error; // as it is: its code or status says whether to refresh
  const message = `The set-up of the connection failed: ${sentenceOf(error)}`;
  link.terminate(new SetupError(message, { ...causedBy(error), cause }), SETUP_FAILED);
}
