import type { Observable } from 'rxjs';
import { expectFunction, expectNumber, expectObject, refuse } from '../protocol/arguments.js';
import type { Pace } from '../connection/pace.js';
import type { Later } from './later.js';

/** What a server says about what it was asked: an acknowledgement, a refusal, the end of a topic. */
export interface Answer<K> {
  /** The id of the message that is answered. Without `id` and `key`, the answer is for the message that has waited longest. */
  id?: unknown;
  /** The key that is answered, where the message had several. */
  key?: K | undefined;
  /** The server's own id for the key: messages may carry it, and `unsubscribe` is given it. */
  as?: unknown;
  /** The server has refused: the key's streams error with a `SubscriptionError` of this cause. `null` is no error. */
  error?: unknown;
  /** The server has ended the topic: the key's streams complete. */
  done?: true | undefined;
  /** Also a message of the topic, to be delivered by its key or id. @default consumed */
  deliver?: true | undefined;
}

/**
 * How {@link multiplex} tells topics apart, and what it sends to the server. Messages may be made at once, by a promise
 * or by an Observable, of which the first value counts; where that is `undefined`, nothing is sent.
 */
export interface MultiplexOptions<In, Out, K, Id = number> {
  /**
   * The key of a message, compared as in a `Map`; `undefined` where it belongs to no topic. Called once a message. What it
   * throws makes the message a `rejected` event. Either this or `idOf` is needed.
   */
  keyOf?: ((message: In) => K | undefined) | undefined;
  /**
   * In place of `keyOf`: the id that `subscribe` was given, or the server's own (`as`), where messages carry no key. A
   * number that is an id of both kinds is the server's.
   */
  idOf?: ((message: In) => unknown) | undefined;
  /**
   * The message that asks the server for a key; called when that may go. What it throws or rejects with is an error of the
   * key. @default nothing is asked: the URL names the topics
   */
  subscribe?: ((key: K, id: Id) => Later<Out>) | undefined;
  /**
   * The message that asks the server to stop. It is given the id of the message that asked for the key, and the server's
   * own id: declared with three parameters it is not called before the answer is there. What it throws or rejects with is a
   * `dropped` event. @default none is sent
   */
  unsubscribe?: ((key: K, id: Id, as?: unknown) => Later<Out>) | undefined;
  /** In place of `subscribe`: one message for all keys that wait, which is called when the scheduler runs next. */
  subscribeMany?: ((keys: readonly K[], id: Id) => Later<Out>) | undefined;
  /** In place of `unsubscribe`: one message for several keys, with an id of its own. */
  unsubscribeMany?: ((keys: readonly K[], id: Id) => Later<Out>) | undefined;
  /** How many keys a message has at most. @default Infinity */
  keysPerMessage?: number | undefined;
  /** Makes the id of a message, when that is sent. @default 1, 2, … of the connection, shared by all that is made on it */
  nextId?: (() => Id) | undefined;
  /**
   * What a message says about what the server was asked; `undefined` where it is no answer. Answers are not delivered,
   * unless they say so. What it throws makes the message a `rejected` event.
   */
  answerOf?: ((message: In) => Answer<K> | readonly Answer<K>[] | undefined) | undefined;
  /**
   * A message of our own, which is put into a key's streams each time the server has been asked for the key (where nothing
   * is asked, at each `open`): what comes after it was asked for anew. What it throws is an error of the key's streams, and
   * the server is asked to stop. @default none
   */
  mark?: ((key: K) => In) | undefined;
  /** How many messages about topics a connection takes in what time, beside its own pace. Made by `atMost`. @default none */
  pace?: Pace | undefined;
}

/** The topics of a server: an Observable a key. `undefined` is no key, and a TypeError: messages without one have it. */
export type Topics<K, In> = ((key: K) => Observable<In>) & {
  /**
   * Unsubscribes and subscribes at the server, while the readers of the key stay. Does nothing for a key that nobody reads
   * or the server was not asked for, and while there is no connection; several calls before their turn are one.
   */
  resync(key: K): void;
};

/** @throws TypeError or RangeError for a bad option */
export function checkMultiplexOptions<In, Out, K, Id>(options: MultiplexOptions<In, Out, K, Id>): void {
  expectObject('options', options);
  const { keyOf, idOf, keysPerMessage = Infinity, pace } = options;
  expectFunction(idOf === undefined ? 'keyOf' : 'idOf', idOf ?? keyOf);
  for (const name of ['keyOf', 'idOf', 'subscribe', 'unsubscribe', 'subscribeMany', 'unsubscribeMany'] as const) {
    if (options[name] !== undefined) expectFunction(name, options[name]);
  }
  for (const name of ['nextId', 'answerOf', 'mark'] as const) {
    if (options[name] !== undefined) expectFunction(name, options[name]);
  }
  expectNotBoth(options, 'keyOf', 'idOf');
  expectNotBoth(options, 'subscribe', 'subscribeMany');
  expectNotBoth(options, 'unsubscribe', 'unsubscribeMany');
  expectNumber('keysPerMessage', keysPerMessage, 1, true);
  if (pace !== undefined) expectFunction('pace.meter', (pace as Pace | null)?.meter);
}

function expectNotBoth<T extends object>(options: T, name: keyof T & string, other: keyof T & string): void {
  if (options[name] && options[other]) refuse(other, `left out where there is \`${name}\``, options[other]);
}
