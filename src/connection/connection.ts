import type { Observable, Subscriber } from 'rxjs';
import { expectFunction, expectNumber, expectObject } from '../protocol/arguments.js';
import { expectSendable } from '../protocol/close-codes.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { Link } from '../protocol/link.js';
import { SESSION_PORT } from '../protocol/session-port.js';
import type { ConnectionInside } from '../protocol/session-port.js';
import { LeanObservable } from '../rx/lean-observable.js';
import type { Transport } from '../transport/transport.js';
import { resolveConfig } from './config.js';
import type { WebSocketConfig } from './config.js';
import { ConnectionCore } from './connection-core.js';
import type { Publish } from './event-delivery.js';
import { drained } from './drained.js';
import { MessageSubject } from './message-subject.js';
import type { MessagePort } from './message-subject.js';
import type { StateObservable } from './state-observable.js';
import type { ConnectionStats } from './stats.js';
import type { ReconnectOptions, Supervision, WebSocketConnection } from './web-socket-connection.js';

/** Makes a connection; nothing happens until someone subscribes. @internal */
export function createConnection<In, Out>(
  config: string | URL | WebSocketConfig<In, Out>,
  supervision: readonly Supervision[],
  platformTransport: Transport,
  publish?: Publish,
): WebSocketConnection<In, Out> {
  supervision.forEach((operator, index) => expectFunction(`supervision[${index}]`, operator));
  const core = new ConnectionCore(resolveConfig(config, platformTransport), supervision);
  const connection = new Connection(core);
  core.publish = publish;
  core.connection = connection;
  return connection;
}

/** What users hold: of its inside, which knows a URL with secrets, nothing is to be seen. */
class Connection<In, Out> implements WebSocketConnection<In, Out>, MessagePort<Out> {
  readonly lifecycle: Observable<LifecycleEvent>;
  readonly messages: MessageSubject<In, Out>;
  readonly state: StateObservable;
  readonly stats: ConnectionStats;
  readonly #core: ConnectionCore<In, Out>;

  constructor(core: ConnectionCore<In, Out>) {
    this.#core = core;
    this.lifecycle = new Lifecycle(core);
    this.messages = new MessageSubject<In, Out>(this);
    this.state = core.state;
    this.stats = core.stats;
  }

  get link(): Link<In, Out> | undefined {
    return this.#core.outgoing.current;
  }

  get events(): Observable<LifecycleEvent> {
    return this.#core.events;
  }

  get canPause(): boolean {
    return this.#core.config.transport.canPause;
  }

  pause(): () => void {
    return this.#core.pause();
  }

  send(value: Out): Promise<void> {
    return new Promise((sent, dropped) => this.#core.outgoing.sendWithReceipt(value, { sent, dropped }));
  }

  drained(below = 0): Promise<void> {
    return drained(this.#core, below);
  }

  reconnect(options: ReconnectOptions = {}): void {
    expectObject('options', options);
    const { code = 1000, reason = '', overlap } = options;
    expectSendable(code, reason);
    if (overlap !== undefined) expectNumber('overlap', overlap);
    this.#core.run?.restart(code, reason, overlap);
  }

  async close(code = 1000, reason = ''): Promise<void> {
    expectSendable(code, reason);
    await new Promise<void>((resolve) => this.#core.close(code, reason, resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  get [SESSION_PORT](): ConnectionInside<In, Out> {
    return this.#core;
  }

  // For its messages

  get observed(): boolean {
    return this.#core.isRead;
  }

  next(value: Out): void {
    this.#core.outgoing.send(value);
  }

  read(subscriber: Subscriber<In>): void {
    this.#core.join('readers', subscriber);
  }
}

/** The supervised lifecycle, over all runs. */
class Lifecycle extends LeanObservable<LifecycleEvent> {
  readonly #core: Pick<ConnectionCore<never, never>, 'join'>;

  constructor(core: Pick<ConnectionCore<never, never>, 'join'>) {
    super();
    this.#core = core;
  }

  protected override onSubscribe(subscriber: Subscriber<LifecycleEvent>): void {
    this.#core.join('listeners', subscriber);
  }
}
