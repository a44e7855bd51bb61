import { asyncScheduler, Observable, take, throwError, throwIfEmpty, timeout } from 'rxjs';
import type { SchedulerLike, Subject } from 'rxjs';
import { expectFunction, expectNumber, expectObject, expectScheduler, describe } from '../protocol/arguments.js';
import { bounded } from '../protocol/backoff.js';
import { ConnectionClosedError, WebSocketError } from '../protocol/errors.js';
import type { CloseFields } from '../protocol/errors.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { ConnectionPool } from './connection-pool.js';
import { Dispatcher } from './dispatcher.js';
import { onConnections } from './on-connections.js';
import { RequestTimeoutError } from './request-timeout-error.js';
import { queueTask } from './queue-task.js';

/** How {@link requestResponse} knows a response, and how long it waits for one. */
export interface RequestResponseOptions<In, Id> {
  /** The id of the request that a message responds to; `undefined` where it is no response. Called once a message. */
  idOf: (message: In) => Id | undefined;
  /** Milliseconds from the subscription to the response, the wait for a connection included. @default Infinity */
  timeout?: number | undefined;
  /** What `timeout` is measured by. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/**
 * Requests and their responses, told apart by an id: any number at once, answered in any order, on one connection. Each
 * subscription sends the request, emits the first message that has its id, and completes.
 *
 * ```
 * messages:       ----y-x-------#        x: a message with the id 1  y: one with the id 2
 * request(1, a):  ^-----(x|)
 * request(2, b):  -^--(y|)
 * request(3, c):  --------^-----#        #: the connection's error
 * sent:           ab------c
 * ```
 *
 * A request that the connection was lost under errors at once with the connection's error: whether the server has
 * heard of it cannot be known. One that waits for a connection was not interrupted: it goes out on the next one, right
 * after the outbox, and ends with an error only if there will be no next one. Unsubscribing forgets the request: before
 * it was sent it never will be, afterwards its response is ignored, as every message with an unknown id is. Where
 * `timeout` is over, it errors with a {@link RequestTimeoutError} and is forgotten likewise.
 *
 * An id that is waited for already is an error of the second request. What `idOf` throws is an error of all that wait.
 * Over a pool each request leases a connection for as long as it takes, with its id for a key.
 *
 * @throws TypeError or RangeError for a bad option
 *
 * @example
 * const request = requestResponse(feed, { idOf: (message) => message.id, timeout: 5000 });
 * request(1, { id: 1, method: 'balance' }).subscribe(({ result }) => console.log(result));
 */
export function requestResponse<In, Out, Id>(
  connection: WebSocketConnection<In, Out> | ConnectionPool<In, Out>,
  options: RequestResponseOptions<In, Id>,
): (id: Id, request: Out) => Observable<In> {
  expectObject('options', options);
  const { idOf, timeout: limit = Infinity, scheduler = asyncScheduler } = options;
  expectFunction('idOf', idOf);
  expectNumber('timeout', limit);
  expectScheduler(scheduler);

  const exchange = onConnections<In, Out, [id: Id, request: Out]>(connection, (single) => exchangeOn(single, idOf));

  return (id, request) => {
    const response = exchange(id, request).pipe(take(1), throwIfEmpty(neverSent));
    if (limit === Infinity) return response;
    const expire = () => throwError(() => new RequestTimeoutError(id, limit));
    return response.pipe(timeout({ first: bounded(limit), with: expire, scheduler }));
  };
}

/** Its pool was closed before there was a connection to send it on. */
function neverSent(): Error {
  return new ConnectionClosedError({ code: 1000, reason: '', wasClean: true });
}

function exchangeOn<In, Out, Id>(
  connection: WebSocketConnection<In, Out>,
  idOf: (message: In) => Id | undefined,
): (id: Id, request: Out) => Observable<In> {
  /** What sends the requests that still wait, in order. */
  const unsent = new Map<Subject<In>, () => void>();
  let isFlushed = false;
  let interrupted: Subject<In>[] = [];

  const dispatcher = new Dispatcher<In, Out, Id>(connection, idOf, {
    opened(flushed = false) {
      isFlushed = flushed;
      if (flushed) {
        sendWaiting();
        return;
      }
      queueTask(() => {
        isFlushed = true; // so has the outbox been
        sendWaiting();
      });
    },
    told(event, link) {
      if (event.type === 'close') {
        interrupted = [...dispatcher.lines.values()].filter((line) => !unsent.has(line));
        const error = link?.error ?? new ConnectionClosedError(event);
        queueTask(() => interrupt(error));
      }
      if (event.type === 'reconnecting') interrupt(event.error);
    },
  });

  function sendWaiting(): void {
    for (const [line, send] of unsent) {
      if (!isFlushed || !dispatcher.isOpen) return;
      unsent.delete(line);
      send();
    }
  }

  function interrupt(error: Error): void {
    for (const line of interrupted.splice(0)) line.error(error);
  }

  /** How a connection ended that has no error to end with: somebody closed it. */
  function closed(): Error {
    const { code = 1000, reason = '' } = connection.state.value as Partial<CloseFields>;
    return new ConnectionClosedError({ code, reason, wasClean: code !== 1006 });
  }

  return (id, request) =>
    new Observable((subscriber) => {
      if (dispatcher.lines.has(id)) {
        throw new WebSocketError(`The request ${describe(id)} waits for its response already.`);
      }
      const line = dispatcher.add(id);
      const forget = () => {
        unsent.delete(line);
        dispatcher.remove(id, line);
      };
      const fail = (error: unknown) => {
        forget(); // first: whoever is told may ask again
        subscriber.error(error);
      };
      line.subscribe({
        next(response) {
          forget();
          subscriber.next(response);
        },
        error: fail,
        complete: () => fail(closed()),
      });
      unsent.set(line, () => dispatcher.sendFor(id, line, () => request));
      sendWaiting();
      dispatcher.join();
      return forget;
    });
}
