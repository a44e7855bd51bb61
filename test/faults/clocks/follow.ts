import { filter, firstValueFrom, ReplaySubject, skip } from 'rxjs';
import type { Observable } from 'rxjs';
import type { LifecycleEvent, WebSocketConnection } from '../../../src/index.node.js';

type Type = LifecycleEvent['type'];
type EventOf<T extends Type> = Extract<LifecycleEvent, { readonly type: T }>;

/** An event, and when it was emitted, by the clock that nobody can set. */
export interface Timed<T extends Type> {
  readonly event: EventOf<T>;
  readonly at: number;
}

/** What a subscriber of a connection sees, with times. */
export interface Followed {
  /** The n-th event of a type, as soon as it is there. */
  nth<T extends Type>(type: T, n?: number): Promise<Timed<T>>;
  /** When the run has ended. */
  readonly end: Promise<number>;
  unsubscribe(): void;
}

/** Subscribes to the lifecycle of a connection. */
export function follow(feed: WebSocketConnection): Followed {
  const seen = new ReplaySubject<Timed<Type>>();
  let onEnd: (at: number) => void;
  const end = new Promise<number>((resolve) => (onEnd = resolve));
  const subscription = feed.lifecycle.subscribe({
    next: (event) => seen.next({ event, at: performance.now() }),
    error: () => onEnd(performance.now()),
    complete: () => onEnd(performance.now()),
  });
  return {
    nth: <T extends Type>(type: T, n = 1) => {
      const ofType = seen.pipe(filter(({ event }) => event.type === type)) as Observable<unknown> as Observable<
        Timed<T>
      >;
      return firstValueFrom(ofType.pipe(skip(n - 1)));
    },
    end,
    unsubscribe: () => subscription.unsubscribe(),
  };
}
