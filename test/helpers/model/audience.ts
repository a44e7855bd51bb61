import { Subject, takeUntil } from 'rxjs';
import { isFatalError } from '../../../src/index.node.js';
import type { LifecycleEvent } from '../../../src/index.node.js';
import { EventGrammar } from './grammar.js';
import type { PlayedSocket } from './played-server.js';
import type { React } from './reactions.js';
import { RetryGrammar } from './retry-grammar.js';
import type { Scene } from './scene.js';

/** Somebody who is subscribed, and what they heard. */
interface Subscriber {
  /** Leaving works while one joins, too, when there is no subscription yet. */
  readonly left: Subject<void>;
  isOver: boolean;
  /** Subscribed while a `close()` was under way, and waits for the run that follows it. */
  isWaiting: boolean;
  /** Whether the user has asked for the end of its run, or called `close()` again while it waits. */
  isEndAsked: boolean;
}

interface Listener extends Subscriber {
  /** How many of the dropped messages they were told of. */
  told: number;
  readonly heard: LifecycleEvent[];
  readonly retries: RetryGrammar;
}

interface Reader extends Subscriber {
  /** The first message that they are to get. */
  from: number;
  got: number;
}

/** Those who listen to the lifecycle and those who read the messages, and whether they were told what they must be. */
export class Audience {
  readonly #scene: Scene;
  readonly #listeners: Listener[] = [];
  readonly #readers: Reader[] = [];
  /** Whether the user asked for the end of this run. */
  #isEndAsked = false;
  /** What a `close()` waits for. */
  #closing: PlayedSocket[] = [];

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Whether anybody is still there. */
  get isThere(): boolean {
    return this.present.length > 0;
  }

  get present(): readonly Subscriber[] {
    return [...this.#listeners, ...this.#readers].filter(({ isOver }) => !isOver);
  }

  /** The supervision begins anew. */
  startOver(): void {
    for (const { retries } of this.#listeners) retries.startOver();
  }

  /** The user ends the connection: the run that is under way completes. */
  expectEnd(): void {
    this.#isEndAsked = true;
    for (const subscriber of this.present) if (!subscriber.isWaiting) subscriber.isEndAsked = true;
  }

  /** The user calls `close()`: all there are complete. */
  expectClose(): void {
    this.expectEnd();
    for (const subscriber of this.present) subscriber.isEndAsked = true;
    this.#closing = this.#closing.concat(this.#scene.server.sockets.filter(({ isOver }) => !isOver));
  }

  /** A run makes its first attempt. */
  runBegins(): void {
    if (this.#isClosing) this.#scene.complain('a run began while a `close()` was under way');
    this.#isEndAsked = false;
    for (const reader of this.#readers) if (reader.isWaiting) reader.from = this.#scene.wire.delivered.length;
    for (const subscriber of this.present) subscriber.isWaiting = false;
  }

  get #isBetweenRuns(): boolean {
    return !this.isThere && ['idle', 'failed'].includes(this.#scene.feed.state.value.status);
  }

  /** Whether it is emitted to those who wait for the next run: what is dropped when the one before is over. */
  #isBetween({ type }: LifecycleEvent): boolean {
    return type === 'dropped' && this.present.every(({ isWaiting }) => isWaiting);
  }

  /** Whether there is a socket that a `close()` waits for. */
  get #isClosing(): boolean {
    this.#closing = this.#closing.filter(({ isOver }) => !isOver);
    return this.#closing.length > 0;
  }

  listen(react: React): void {
    const { setup, scheduler, feed, outgoing, complain } = this.#scene;
    const isWaiting = this.#isClosing;
    const isNew = isWaiting || this.#isBetweenRuns;
    const grammar = new EventGrammar(isNew ? 'start' : undefined, complain);
    const retries = new RetryGrammar(setup, isNew, () => scheduler.now(), complain);
    const left = new Subject<void>();
    const isEndAsked = !isNew && this.#isEndAsked;
    const listener: Listener = { isOver: false, isWaiting, isEndAsked, left, told: 0, heard: [], retries };
    this.#listeners.push(listener);
    const over = (how: 'completion' | 'failure') => {
      if (listener.isOver) return;
      this.#judgeEnd(listener, how);
      listener.isOver = true;
      grammar.end(how);
      this.#onEnd(listener, () => react(how));
    };
    feed.lifecycle.pipe(takeUntil(left)).subscribe({
      next: (event) => {
        if (listener.isWaiting && !this.#isBetween(event))
          complain(`${event.type} was emitted to somebody who waits for the next run`);
        grammar.next(event);
        retries.next(event);
        listener.heard.push(event);
        if (event.type === 'dropped') {
          listener.told += event.count;
          outgoing.told(event);
        }
        react(event.type);
      },
      error: (error: unknown) => {
        this.#judgeFailure(error);
        over('failure');
      },
      complete: () => over('completion'),
    });
  }

  read(react: React): void {
    const { feed, wire, complain } = this.#scene;
    const isWaiting = this.#isClosing;
    const left = new Subject<void>();
    const isEndAsked = !isWaiting && !this.#isBetweenRuns && this.#isEndAsked;
    const reader: Reader = { isOver: false, isWaiting, isEndAsked, left, from: wire.delivered.length, got: 0 };
    this.#readers.push(reader);
    feed.messages.pipe(takeUntil(left)).subscribe({
      next: (message) => {
        if (reader.isWaiting) complain('a message was delivered to somebody who waits for the next run');
        const expected = wire.delivered[reader.from + reader.got++];
        if (message !== expected) complain(`${message} arrived in place of ${expected}`);
        react('message');
      },
      error: (error: unknown) => {
        this.#judgeEnd(reader, 'failure');
        reader.isOver = true;
        this.#judgeFailure(error);
        react('failure');
      },
      complete: () => {
        if (reader.isOver) return;
        this.#judgeEnd(reader, 'completion');
        reader.isOver = true;
        this.#onEnd(reader, () => react('completion'));
      },
    });
  }

  leave(which: number): void {
    const leaver = this.present[which];
    if (!leaver) return;
    leaver.isOver = true;
    leaver.left.next();
  }

  leaveAll(): void {
    while (this.isThere) this.leave(0);
  }

  /** Whoever still reads has all that was delivered. */
  checkReaders(): void {
    const { wire, complain } = this.#scene;
    for (const { from, got, isOver, isWaiting } of this.#readers) {
      if (!isOver && !isWaiting && from + got !== wire.delivered.length) complain('a message was not delivered');
    }
  }

  /** @returns what complains, later, of listeners who heard different things meanwhile */
  expectSameNews(): () => void {
    const { outgoing, complain } = this.#scene;
    const { dropped } = outgoing;
    const before = this.#listeners
      .filter(({ isWaiting }) => !isWaiting)
      .map((listener) => ({ listener, told: listener.told, heard: listener.heard.length }));
    return () => {
      const present = before.filter(({ listener }) => !listener.isOver);
      const news = present.map(({ listener, heard }) => listener.heard.slice(heard));
      for (const [n, { listener, told }] of present.entries()) {
        if (news[n]!.some((event, m) => event !== news[0]![m])) complain('two listeners heard different events');
        if (listener.told - told !== outgoing.dropped - dropped) complain('a drop was not told');
      }
    };
  }

  #onEnd({ isWaiting }: Subscriber, react: () => void): void {
    if (isWaiting) this.#scene.outgoing.beforeClearing(react);
    else react();
  }

  #judgeEnd({ isWaiting, isEndAsked }: Subscriber, how: 'completion' | 'failure'): void {
    if (how === 'completion' && !isEndAsked) this.#scene.complain('it completed, and nobody asked for that');
    if (how === 'failure' && isWaiting) this.#scene.complain('it failed before its run began');
  }

  #judgeFailure(error: unknown): void {
    const { setup, complain } = this.#scene;
    if (setup.retry && !isFatalError(error)) complain(`${String(error)} was not retried`);
  }
}
