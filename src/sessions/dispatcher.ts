import { Subject, Subscription } from 'rxjs';
import { forEachSafely } from '../rx/for-each-safely.js';
import { WebSocketError } from '../protocol/errors.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { Link } from '../protocol/link.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { queueTask } from './queue-task.js';

/** Who is told what happens to the connection. */
export interface DispatcherHost<In, Out> {
  /** Messages can be sent from now on. On an `open` event this is ahead of the outbox. */
  opened(isFlushed?: boolean): void;
  /** What else the lifecycle tells. */
  told?(event: LifecycleEvent, link?: Link<In, Out>): void;
}

/**
 * Leads each message of a connection to the line of its key, by one lookup. It is subscribed to the connection while
 * there are lines, and an instant longer: whoever leaves and joins at once, as `switchMap` does, finds it as it was.
 * As the connection's messages end, so do all lines.
 */
export class Dispatcher<In, Out, K> {
  /** One for each key, also while nobody listens any more. */
  lines = new Map<K, Subject<In>>();
  readonly #connection: WebSocketConnection<In, Out>;
  readonly #keyOf: (message: In) => K | undefined;
  readonly #host: DispatcherHost<In, Out>;
  #link: Link<In, Out> | undefined;
  #held: Subscription | undefined;

  constructor(
    connection: WebSocketConnection<In, Out>,
    keyOf: (message: In) => K | undefined,
    host: DispatcherHost<In, Out>,
  ) {
    this.#connection = connection;
    this.#keyOf = keyOf;
    this.#host = host;
  }

  /** Whether what is sent now goes out now. */
  get isOpen(): boolean {
    return this.#link !== undefined && this.#link.writable !== false;
  }

  /** To be followed by `join`, once somebody listens. */
  add(key: K): Subject<In> {
    const line = new Subject<In>();
    this.lines.set(key, line);
    return line;
  }

  /** @returns whether the line was still there */
  remove(key: K, line: Subject<In>): boolean {
    if (this.lines.get(key) !== line) return false;
    this.lines.delete(key);
    if (this.lines.size === 0) queueTask(() => this.lines.size === 0 && this.#disconnect());
    return true;
  }

  /** Subscribes to the connection, if that is still to be done. */
  join(): void {
    if (this.#held) return;
    const held = (this.#held = new Subscription());
    held.add(
      this.#connection.messages.subscribe({
        next: (message) => this.#dispatch(message),
        error: (error: unknown) => this.#end((line) => line.error(error)),
        complete: () => this.#end((line) => line.complete()),
      }),
    );
    if (held.closed) return; // it has failed at once, and a second subscription would be a second run
    held.add(
      this.#connection.lifecycle.subscribe({
        next: (event) => this.#hear(event),
        error: () => undefined, // the messages end with the same error
      }),
    );
    this.#adopt();
    if (!this.#link) held.add(queueTask(() => this.#adopt()));
  }

  send(value: Out): void {
    this.#link!.send(value);
  }

  /** Sends for a line. What keeps the message from going out ends the line. */
  sendFor(key: K, line: Subject<In>, make: () => Out): void {
    const { stats } = this.#connection;
    const { dropped } = stats;
    try {
      this.send(make());
      if (stats.dropped > dropped) throw new WebSocketError('A message was not sent: a `dropped` event tells why.');
    } catch (thrown) {
      this.remove(key, line);
      line.error(thrown);
    }
  }

  #dispatch(message: In): void {
    let line;
    try {
      line = this.lines.get(this.#keyOf(message) as K);
    } catch (thrown) {
      this.#end((line) => line.error(thrown));
    }
    line?.next(message);
  }

  #hear(event: LifecycleEvent): void {
    const link = this.#link;
    if (event.type === 'close') this.#link = undefined;
    if (event.type === 'open') {
      this.#link = event.link as Link<In, Out>;
      this.#host.opened();
    } else {
      this.#host.told?.(event, link);
    }
  }

  /** On a connection that was open before we came there is no `open` event to take the link from. */
  #adopt(): void {
    if (this.#link) return;
    this.#link = this.#connection.link;
    if (this.#link) this.#host.opened(true);
  }

  #end(finish: (line: Subject<In>) => void): void {
    const { lines } = this;
    this.lines = new Map(); // whoever comes back while being told begins anew
    this.#disconnect();
    forEachSafely(lines.values(), finish);
  }

  #disconnect(): void {
    this.#held?.unsubscribe();
    this.#held = undefined;
    this.#link = undefined;
  }
}
