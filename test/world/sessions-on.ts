import type { Observable } from 'rxjs';
import type { ConnectionPool } from '../../src/index.node.js';
import type { Feed } from './application.js';
import type { BookMessage, BookSource } from './book.js';
import type { Received, Sent } from './session.js';
import type { Surroundings } from './supervision.js';

const REQUEST_TIMEOUT = 15_000;

type Target = Feed | ConnectionPool<Received, Sent>;

/** The books as topics. @param isBatched whether one message asks for many */
export function topicsOn(target: Target, { library }: Surroundings, isBatched: boolean): BookSource {
  const one = (t: 'sub' | 'unsub') => (key: string, id: number) => ({ t, id, keys: [key] }) as const;
  const many = (t: 'sub' | 'unsub') => (keys: readonly string[], id: number) => ({ t, id, keys }) as const;
  return library.multiplex<BookMessage, Sent, string>(target, {
    keyOf: (message) => (message.t === 'book' || message.t === 'mark' ? message.key : undefined),
    answerOf: (message) => (message.t === 'ok' && message.id! > 0 ? { id: message.id } : undefined),
    ...(isBatched
      ? { subscribeMany: many('sub'), unsubscribeMany: many('unsub'), keysPerMessage: 3 }
      : { subscribe: one('sub'), unsubscribe: one('unsub'), mark: (key: string) => ({ t: 'mark', key }) as const }),
  });
}

/** Requests with ids of their own. */
export function requestsOn(
  target: Target,
  { library, machine }: Surroundings,
): (make: (id: number) => Sent) => Observable<Received> {
  let id = 0;
  return library.requestResponse<Received, Sent, number>(target, {
    idOf: (message) => (message.t === 'answer' ? message.id : undefined),
    nextId: () => ++id,
    timeout: REQUEST_TIMEOUT,
    scheduler: machine,
  });
}
