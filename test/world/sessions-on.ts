import type { Observable } from 'rxjs';
import type { ConnectionPool } from '../../src/index.node.js';
import type { Feed } from './application.js';
import type { BookMessage, BookSource } from './book.js';
import type { ClientPlan } from './plan.js';
import type { Received, Sent } from './session.js';
import type { Surroundings } from './supervision.js';

const REQUEST_TIMEOUT = 15_000;

type Target = Feed | ConnectionPool<Received, Sent>;

/** The books as topics. @param isBatched whether one message asks for many, where messages carry their keys */
export function topicsOn(
  target: Target,
  { library }: Surroundings,
  { topics: style = 'keys' }: ClientPlan,
  isBatched: boolean,
): BookSource {
  const one = (t: 'sub' | 'unsub') => (key: string, id: number) => ({ t, id, keys: [key] }) as const;
  const many = (t: 'sub' | 'unsub') => (keys: readonly string[], id: number) => ({ t, id, keys }) as const;
  const mark = (key: string) => ({ t: 'mark', key }) as const;
  const isAnswer = (message: BookMessage) => message.t === 'ok' && message.id! > 0;
  const byKey = {
    keyOf: (message: BookMessage) => (message.t === 'book' || message.t === 'mark' ? message.key : undefined),
    answerOf: (message: BookMessage) => (isAnswer(message) ? { id: (message as Received).id } : undefined),
  };
  const styles = {
    keys: isBatched
      ? { ...byKey, subscribeMany: many('sub'), unsubscribeMany: many('unsub'), keysPerMessage: 3 }
      : { ...byKey, subscribe: one('sub'), unsubscribe: one('unsub'), mark },
    ids: {
      idOf: (message: BookMessage) => (message.t === 'book' ? message.sub : undefined),
      ...{ answerOf: byKey.answerOf, subscribe: one('sub'), unsubscribe: one('unsub'), mark },
    },
    channels: {
      idOf: (message: BookMessage) => (message.t === 'book' ? message.ch : undefined),
      answerOf: (message: BookMessage) => {
        if (!isAnswer(message)) return undefined;
        const { id, ch } = message as Received;
        return ch === undefined ? { id } : { id, as: ch };
      },
      subscribe: one('sub'),
      unsubscribe: (_: string, id: number, ch: unknown) => ({ t: 'unsub', id, ch: ch as number }) as const,
      mark,
    },
  };
  return library.multiplex<BookMessage, Sent, string>(target, styles[style]);
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
