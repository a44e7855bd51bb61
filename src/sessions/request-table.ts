import type { Subscriber } from 'rxjs';
import { atOnce, describe } from '../protocol/arguments.js';
import { WebSocketError } from '../protocol/errors.js';
import type { Link } from '../protocol/link.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import { MessageSource } from './message-source.js';
import type { RequestChannel } from './request-channel.js';

/** What is asked of messages, and what is sent where a request is given up. */
export interface RequestRules<In, Out, Id> {
  readonly idOf: (message: In) => Id | undefined;
  readonly errorOf?: ((message: In) => unknown) | undefined;
  readonly isLast?: ((message: In) => boolean) | undefined;
  readonly cancel?: ((id: Id) => Out) | undefined;
}

/** A request without its last message. */
export interface PendingRequest<In, Out, Id> {
  readonly id: Id;
  readonly reader: Subscriber<In>;
  /** Whose messages may answer it. */
  readonly table: RequestTable<In, Out, Id>;
  /** What it went out on. */
  link: Link<In, Out> | undefined;
  /** Whether what is delivered now was received after it was sent. */
  isAnswerable: boolean;
  /** What its link has ended with. */
  error: { readonly thrown: unknown } | undefined;
  takeBack: (() => void) | undefined;
}

/** The requests on one connection or link. */
export class RequestTable<In, Out, Id> {
  readonly #channel: RequestChannel<In, Out>;
  readonly #rules: RequestRules<In, Out, Id>;
  /** Those on other connections of a pool too: an id is waited for once. */
  readonly #byId: Map<Id, PendingRequest<In, Out, Id>>;
  readonly #pending = new Set<PendingRequest<In, Out, Id>>();
  readonly #source: MessageSource<In>;
  #detach: (() => void) | undefined;

  constructor(
    channel: RequestChannel<In, Out>,
    rules: RequestRules<In, Out, Id>,
    byId: Map<Id, PendingRequest<In, Out, Id>>,
  ) {
    this.#channel = channel;
    this.#rules = rules;
    this.#byId = byId;
    this.#source = new MessageSource(channel.messages, channel.port, {
      next: (message) => this.#receive(message),
      ended: (error) => this.#endAll(error),
    });
  }

  /** Whether a `close()` is ending the run that its requests are of: one that is sent now is of the next one. */
  get isEnding(): boolean {
    return this.#source.isSubscribed && this.#source.isOfOldRun;
  }

  /** Sends a request; its messages go to the reader. */
  send(id: Id, message: Out, reader: Subscriber<In>): void {
    if (this.#byId.has(id)) {
      reader.error(new WebSocketError(`The request ${describe(id)} waits for its response already.`));
      return;
    }
    const request: PendingRequest<In, Out, Id> = {
      ...{ id, reader, table: this, link: undefined, isAnswerable: false, error: undefined, takeBack: undefined },
    };
    this.#byId.set(id, request);
    this.#pending.add(request);
    reader.add(() => this.#leave(request));
    if (reader.closed) return;
    this.#source.subscribe();
    if (!this.#pending.has(request)) return; // the messages have ended at once
    this.#detach ??= this.#channel.attach((link, error) => this.#interrupt(link, error));
    const takeBack = this.#channel.port.send(message, {
      sending: () => {
        request.link = this.#channel.link;
        this.#channel.inOrder(() => (request.isAnswerable = true));
      },
      sent: () => undefined,
      dropped: (error) => this.#fail(request, error),
    });
    request.takeBack = takeBack;
    if (!this.#pending.has(request)) takeBack(); // its reader has unsubscribed meanwhile
  }

  #receive(message: In): void {
    const { idOf, errorOf, isLast } = this.#rules;
    let id: Id | undefined;
    try {
      id = atOnce('idOf(message)', idOf(message));
    } catch (thrown) {
      this.#channel.port.reject(thrown);
      return;
    }
    const request = id === undefined ? undefined : this.#byId.get(id);
    if (!request?.isAnswerable || request.table !== this) return;
    let error: unknown;
    let isTheLast: boolean;
    try {
      error = atOnce('errorOf(message)', errorOf?.(message));
      isTheLast = !isLast || atOnce('isLast(message)', isLast(message));
    } catch (thrown) {
      this.#cancel(request);
      this.#fail(request, thrown);
      return;
    }
    if (error !== undefined) this.#fail(request, error);
    else if (isTheLast) this.#answer(request, message);
    else request.reader.next(message);
  }

  #answer(request: PendingRequest<In, Out, Id>, message: In): void {
    this.#forget(request); // first: the id may be used again by then
    request.reader.next(message);
    request.reader.complete();
  }

  #fail(request: PendingRequest<In, Out, Id>, error: unknown): void {
    this.#forget(request);
    forEachSafely([request.reader], (reader) => reader.error(error));
  }

  /** Its reader has unsubscribed, or needs it no more. */
  #leave(request: PendingRequest<In, Out, Id>): void {
    if (!this.#pending.has(request)) return;
    if (!request.error) this.#cancel(request);
    request.takeBack?.();
    this.#forget(request);
  }

  #cancel({ id, link }: PendingRequest<In, Out, Id>): void {
    const { cancel } = this.#rules;
    if (!cancel || !link || link.writable === false) return;
    try {
      const message = cancel(id);
      if (message !== undefined) link.send(message);
    } catch (thrown) {
      this.#channel.port.drop(thrown);
    }
  }

  #forget(request: PendingRequest<In, Out, Id>): void {
    this.#pending.delete(request);
    this.#free(request);
    if (!this.#pending.size) this.#channel.later(() => this.#rest());
  }

  /** Its id may be used again. */
  #free(request: PendingRequest<In, Out, Id>): void {
    if (this.#byId.get(request.id) === request) this.#byId.delete(request.id);
  }

  /** Nothing is waited for. */
  #rest(): void {
    if (this.#pending.size) return;
    this.#detach?.();
    this.#detach = undefined;
    this.#source.unsubscribe();
  }

  /** A link has ended. If the connection ends with it, that is first: a request that is repeated needs a new run. */
  #interrupt(link: Link<In, Out>, error: Error): void {
    const interrupted = [...this.#pending].filter((request) => request.link === link);
    for (const request of interrupted) {
      request.error = { thrown: error };
      this.#free(request);
    }
    this.#channel.later(() => {
      for (const request of interrupted) if (this.#pending.has(request)) this.#fail(request, error);
    });
  }

  /** The messages have ended: no response comes any more. */
  #endAll(error?: { readonly thrown: unknown }): void {
    const ended = [...this.#pending];
    for (const request of ended) this.#forget(request);
    this.#detach?.();
    this.#detach = undefined;
    const { thrown } = error ?? { thrown: this.#channel.closed() };
    for (const request of ended) {
      request.takeBack?.();
      const { reader } = request;
      forEachSafely([request.error?.thrown ?? thrown], (why) => reader.error(why));
    }
  }
}
