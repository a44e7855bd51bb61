import { asyncScheduler, defer, Observable, throwError, timeout } from 'rxjs';
import type { SchedulerLike, Subscriber } from 'rxjs';
import { expectFunction, expectNumber, expectObject, expectScheduler, refuse } from '../protocol/arguments.js';
import { bounded } from '../protocol/backoff.js';
import { ConnectionClosedError } from '../protocol/errors.js';
import type { Link } from '../protocol/link.js';
import type { SessionPort } from '../protocol/session-port.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { ConnectionPool } from './pool-interfaces.js';
import { onLease } from './on-lease.js';
import { isTarget, linkPortOf, poolPortOf, portOf } from './ports.js';
import { ConnectionChannel, LinkChannel } from './request-channel.js';
import type { RequestChannel } from './request-channel.js';
import { RequestTable } from './request-table.js';
import type { PendingRequest } from './request-table.js';
import { RequestTimeoutError } from './request-timeout-error.js';

/** How {@link requestResponse} knows the messages of a response, and how long it waits for them. */
export interface RequestResponseOptions<In, Id, Out = unknown> {
  /**
   * The id of the request that a message responds to; `undefined` where it is no response. Called once a message. What it
   * throws makes the message a `rejected` event.
   */
  idOf: (message: In) => Id | undefined;
  /**
   * Milliseconds from the subscription to the first message of the response, the wait for a connection included, and then
   * from each message to the next. @default Infinity
   */
  timeout?: number | undefined;
  /** The error that a response stands for: anything but `undefined` is the request's error. @default none does */
  errorOf?: ((message: In) => unknown) | undefined;
  /** Whether a message is the last one of its response. @default the first one is */
  isLast?: ((message: In) => boolean) | undefined;
  /** Makes the message that is sent where a request is unsubscribed, or times out, before its last message. @default none is */
  cancel?: ((id: Id) => Out) | undefined;
  /** Makes the id of each request: then a request is a function of its id. @default the caller gives the ids */
  nextId?: (() => Id) | undefined;
  /** What `timeout` is measured by. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** What requests are sent on: a connection, a pool, or the link of an `open` event. */
export type RequestTarget<In, Out> = WebSocketConnection<In, Out> | ConnectionPool<In, Out> | Link<In, Out>;

/**
 * Requests and their responses, told apart by an id: any number at once, answered in any order, on one connection. Each
 * subscription sends the request, emits the messages of the response, one by default, and completes.
 *
 * ```
 * messages:       ----y-x-------#        x: a message with the id 1  y: one with the id 2
 * request(1, a):  ^-----(x|)
 * request(2, b):  -^--(y|)
 * request(3, c):  --------^-----#        #: the connection's error
 * sent:           ab------c
 * ```
 *
 * Until there is a connection a request waits in the outbox, under its bounds: one that is given up errors with a
 * {@link MessageDroppedError}. One that is sent during a `close()` waits for the next run. A message answers only a
 * request that was sent. When the link that a request went out on has ended, the request errors at once with the link's
 * error, or a {@link ConnectionClosedError}: whether the server has received it cannot be known. Unsubscribing takes
 * back a request that was not sent; after that its response is ignored, and `cancel` is sent where there is one. Where
 * `timeout` is over, it errors with a {@link RequestTimeoutError}, and the same is done.
 *
 * An id that is waited for already is an error of the second request. Over a pool a request leases a connection for as
 * long as it takes, and takes no key's place. In a set-up, send requests over its link, because the connection does not
 * count as open: `onOpen((link) => requestResponse(link, options)(1, logIn))`.
 *
 * @throws TypeError or RangeError for a bad argument
 *
 * @example
 * const request = requestResponse(feed, { idOf: (message) => message.id, timeout: 5000 });
 * request(1, { id: 1, method: 'balance' }).subscribe(({ result }) => console.log(result));
 */
export function requestResponse<In, Out, Id>(
  connection: RequestTarget<In, Out>,
  options: RequestResponseOptions<In, Id, Out> & { nextId: () => Id },
): (request: (id: Id) => Out) => Observable<In>;
export function requestResponse<In, Out, Id>(
  connection: RequestTarget<In, Out>,
  options: RequestResponseOptions<In, Id, Out>,
): (id: Id, request: Out) => Observable<In>;
export function requestResponse<In, Out, Id>(
  connection: RequestTarget<In, Out>,
  options: RequestResponseOptions<In, Id, Out>,
): ((id: Id, request: Out) => Observable<In>) | ((request: (id: Id) => Out) => Observable<In>) {
  const send = senderOn(connection, options);
  const { nextId } = options;
  if (!nextId) return (id: Id, request: Out) => send(() => [id, request]);
  return (request: (id: Id) => Out) =>
    send(() => {
      const id = nextId();
      return [id, request(id)];
    });
}

/** Sends what is made with each subscription. */
function senderOn<In, Out, Id>(target: RequestTarget<In, Out>, options: RequestResponseOptions<In, Id, Out>) {
  const linkPort = isTarget(target) ? undefined : linkPortOf<Out>(target);
  if (!linkPort && !isTarget(target)) refuse('connection', 'a connection, a pool or a link', target);
  checkOptions(options);
  const { timeout: limit = Infinity, scheduler = asyncScheduler } = options;
  const pool = linkPort ? undefined : poolPortOf(target as WebSocketConnection<In, Out>);
  const byId = new Map<Id, PendingRequest<In, Out, Id>>();
  const tables = new Map<unknown, RequestTable<In, Out, Id>>();

  function tableOn(single: WebSocketConnection<In, Out>): RequestTable<In, Out, Id> {
    let table = tables.get(single);
    if (!table || table.isEnding)
      tables.set(single, (table = new RequestTable(channelOf(single, linkPort), options, byId)));
    return table;
  }

  return (make: () => readonly [id: Id, message: Out]): Observable<In> =>
    defer(() => {
      const [id, message] = make();
      const serve = (single: WebSocketConnection<In, Out>, reader: Subscriber<In>) =>
        tableOn(single).send(id, message, reader);
      const response = pool
        ? onLease(() => pool.lease(), serve, neverSent)
        : new Observable<In>((reader) => serve(target as WebSocketConnection<In, Out>, reader));
      if (limit === Infinity) return response;
      const expire = () => throwError(() => new RequestTimeoutError(id, limit));
      return response.pipe(timeout({ each: bounded(limit), with: expire, scheduler }));
    });
}

function channelOf<In, Out>(
  target: WebSocketConnection<In, Out> | Link<In, Out>,
  linkPort: SessionPort<Out> | undefined,
): RequestChannel<In, Out> {
  if (linkPort) return new LinkChannel(target as Link<In, Out>, linkPort);
  const connection = target as WebSocketConnection<In, Out>;
  return new ConnectionChannel(connection, portOf(connection));
}

function checkOptions<In, Id, Out>(options: RequestResponseOptions<In, Id, Out>): void {
  expectObject('options', options);
  const { idOf, timeout: limit = Infinity, scheduler = asyncScheduler } = options;
  expectFunction('idOf', idOf);
  for (const name of ['errorOf', 'isLast', 'cancel', 'nextId'] as const) {
    if (options[name] !== undefined) expectFunction(name, options[name]);
  }
  expectNumber('timeout', limit);
  expectScheduler(scheduler);
}

/** The pool was closed before there was a connection to send it on. */
function neverSent(): Error {
  return new ConnectionClosedError({ code: 1000, reason: '', wasClean: true });
}
