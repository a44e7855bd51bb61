import { Observable, ReplaySubject, Subscription } from 'rxjs';
import type { Subscriber } from 'rxjs';
import type { ReconnectOptions, WebSocketConnection } from '../connection/web-socket-connection.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { DialGate } from './dial-gate.js';
import { portOf } from './ports.js';

/** What a run reports to. */
export interface PoolRunHost {
  /** An event of the connection. */
  emitted(event: LifecycleEvent): void;
  /** It is over, and its leases are about to be notified. @param isGone the connection's run has ended too */
  ended(isGone: boolean): void;
}

/** A connection of a pool, from the first lease that needs it until none does, or it has ended. */
export class PoolRun<In, Out> {
  readonly connection: WebSocketConnection<In, Out>;
  /** Emits the connection when its turn to connect has come; ends with the run. */
  readonly turn = new ReplaySubject<WebSocketConnection<In, Out>>(1);
  hasBegun = false;
  /** Whether a connection has ended, and none has opened since. */
  cannotConnect = false;
  readonly #host: PoolRunHost;
  readonly #gate: DialGate | undefined;
  /** Closed when the run is over. */
  readonly #held = new Subscription();
  /** The connection's run that it is subscribed to. */
  #run: object | undefined;

  constructor(connection: WebSocketConnection<In, Out>, host: PoolRunHost, gate: DialGate | undefined) {
    this.connection = connection;
    this.#host = host;
    this.#gate = gate;
  }

  /** Whether a `close()` is ending the connection's run: a new lease is of the next one. */
  get isEnding(): boolean {
    return this.hasBegun && this.#run !== portOf(this.connection).joinable;
  }

  /** Subscribes to the connection; completes when the next one may begin. */
  begin(): Observable<never> {
    const { status } = this.connection.state.value;
    const isUnderWay = ['open', 'reconnecting', 'connecting'].includes(status); // it is in use elsewhere, or lingers
    return this.#inTurn(!isUnderWay, (turn) => {
      const { connection } = this;
      const port = portOf(connection);
      const isDialing = port.isConnecting;
      this.hasBegun = true;
      turn.add(whenSettled(this.connection, port.begun + (isDialing ? 0 : 1), turn));
      this.#held.add(
        connection.lifecycle.subscribe({
          next: (event) => {
            if (event.type === 'open') this.cannotConnect = false;
            if (event.type === 'close') this.cannotConnect = true;
            this.#host.emitted(event);
            if (!port.settled && (event.type === 'open' || event.type === 'close')) turn.complete();
          },
          error: (error: unknown) => this.#end(true, () => this.turn.error(error)),
          complete: () => this.#end(true, () => this.turn.complete()),
        }),
      );
      this.#run = port.joinable;
      this.turn.next(connection);
      if (isUnderWay && !isDialing) turn.complete();
    });
  }

  /** Connects anew; completes when the next one may. */
  reconnect(options: ReconnectOptions): Observable<never> {
    return this.#inTurn(true, (turn) => {
      const port = portOf(this.connection);
      const { begun } = port;
      turn.add(whenSettled(this.connection, begun + 1, turn));
      this.connection.reconnect(options);
      if (port.begun === begun) turn.complete(); // there was nothing to connect anew
    });
  }

  /** Nobody needs it any more. */
  end(): void {
    this.#end(false, () => this.turn.complete());
  }

  /** Releases the connection, and then ends the leases: who takes another one then has a new run. */
  #end(isGone: boolean, notify: () => void): void {
    this.#host.ended(isGone);
    this.#held.unsubscribe();
    notify();
  }

  /** A turn, which ends with the run at the latest. What dials waits for the pace of dials. */
  #inTurn(dials: boolean, action: (turn: Subscriber<never>) => void): Observable<never> {
    return new Observable((turn) => {
      const ending = new Subscription(() => turn.complete());
      this.#held.add(ending);
      turn.add(() => this.#held.remove(ending));
      if (turn.closed) return;
      if (this.#gate && dials) turn.add(this.#gate.turn(() => action(turn)));
      else action(turn);
    });
  }
}

/** Ends a turn when an attempt has succeeded with its handshake, or has ended. */
function whenSettled<In, Out>(
  connection: WebSocketConnection<In, Out>,
  attempt: number,
  turn: Subscriber<never>,
): Subscription | undefined {
  return portOf(connection).settled?.subscribe((settled) => {
    if (settled >= attempt) turn.complete();
  });
}
