import { Observable, ReplaySubject, Subscription } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';

/** Who is told what happens to a run. */
export interface PoolRunHost {
  /** What the connection's lifecycle tells. */
  told(event: LifecycleEvent): void;
  /** It is over, and its leases are about to hear of it. */
  ended(): void;
}

/** A connection of a pool, from the first key that needs it until none does, or it has ended. */
export class PoolRun<In, Out> {
  readonly connection: WebSocketConnection<In, Out>;
  /** Emits the connection when its turn to connect has come; ends with the run. */
  readonly turn = new ReplaySubject<WebSocketConnection<In, Out>>(1);
  hasBegun = false;
  readonly #host: PoolRunHost;
  /** Closed when the run is over. */
  readonly #held = new Subscription();

  constructor(connection: WebSocketConnection<In, Out>, host: PoolRunHost) {
    this.connection = connection;
    this.#host = host;
  }

  /** Subscribes to the connection; completes when the next one may begin. */
  begin(): Observable<never> {
    const { connection } = this;
    return new Observable((gate) => {
      this.hasBegun = true;
      this.#held.add(() => gate.complete()); // which is now, where nobody waits for it any more
      if (this.#held.closed) return;
      this.#held.add(
        connection.lifecycle.subscribe({
          next: (event) => {
            this.#host.told(event);
            if (event.type === 'open' || event.type === 'close') gate.complete();
          },
          error: (error: unknown) => this.end(() => this.turn.error(error)),
          complete: () => this.end(),
        }),
      );
      this.turn.next(connection);
      if (['open', 'reconnecting'].includes(connection.state.value.status)) gate.complete(); // it was in use elsewhere, or lingers
    });
  }

  /** Lets go of the connection, and then ends the leases: whoever takes another one on hearing of it has a new run. */
  end(tell = () => this.turn.complete()): void {
    this.#host.ended();
    this.#held.unsubscribe();
    tell();
  }
}
