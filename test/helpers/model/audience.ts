import { Subject, takeUntil } from 'rxjs';
import { isFatalError } from '../../../src/index.node.js';
import type { LifecycleEvent } from '../../../src/index.node.js';
import { EventGrammar } from './grammar.js';
import type { React } from './reactions.js';
import { RetryGrammar } from './retry-grammar.js';
import type { Scene } from './scene.js';

/** Somebody who is subscribed, and what they heard. */
interface Subscriber {
  /** Leaving works while one joins, too, when there is no subscription yet. */
  readonly left: Subject<void>;
  isOver: boolean;
}

interface Listener extends Subscriber {
  /** How many of the dropped messages they were told of. */
  told: number;
  readonly heard: LifecycleEvent[];
  readonly retries: RetryGrammar;
}

interface Reader extends Subscriber {
  /** The first message that they are to get. */
  readonly from: number;
  got: number;
}

/** Those who listen to the lifecycle and those who read the messages, and whether they were told what they must be. */
export class Audience {
  readonly #scene: Scene;
  readonly #listeners: Listener[] = [];
  readonly #readers: Reader[] = [];
  /** Whether the user asked for the end of this run. */
  #isEndAsked = false;

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

  expectEnd(): void {
    this.#isEndAsked = true;
  }

  listen(react: React): void {
    const { setup, scheduler, feed, outgoing, complain } = this.#scene;
    const isNew = ['idle', 'failed'].includes(feed.state.value.status) && !this.isThere;
    if (isNew) this.#isEndAsked = false;
    const grammar = new EventGrammar(isNew ? 'start' : undefined, complain);
    const retries = new RetryGrammar(setup, isNew, () => scheduler.now(), complain);
    const left = new Subject<void>();
    const listener: Listener = { isOver: false, left, told: 0, heard: [], retries };
    this.#listeners.push(listener);
    const over = (how: 'completion' | 'failure') => {
      if (listener.isOver) return;
      listener.isOver = true;
      grammar.end(how);
      react(how);
    };
    feed.lifecycle.pipe(takeUntil(left)).subscribe({
      next: (event) => {
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
      complete: () => {
        if (!listener.isOver && !this.#isEndAsked) complain('it completed, and nobody asked for that');
        over('completion');
      },
    });
  }

  read(react: React): void {
    const { feed, wire, complain } = this.#scene;
    if (!this.isThere) this.#isEndAsked = false;
    const left = new Subject<void>();
    const reader: Reader = { isOver: false, left, from: wire.delivered.length, got: 0 };
    this.#readers.push(reader);
    feed.messages.pipe(takeUntil(left)).subscribe({
      next: (message) => {
        const expected = wire.delivered[reader.from + reader.got++];
        if (message !== expected) complain(`${message} arrived in place of ${expected}`);
        react('message');
      },
      error: (error: unknown) => {
        reader.isOver = true;
        this.#judgeFailure(error);
        react('failure');
      },
      complete: () => {
        if (reader.isOver) return;
        reader.isOver = true;
        react('completion');
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
    for (const { from, got, isOver } of this.#readers) {
      if (!isOver && from + got !== wire.delivered.length) complain('a message was not delivered');
    }
  }

  /** @returns what complains, later, of listeners who heard different things meanwhile */
  expectSameNews(): () => void {
    const { outgoing, complain } = this.#scene;
    const { dropped } = outgoing;
    const before = this.#listeners.map((listener) => ({ listener, told: listener.told, heard: listener.heard.length }));
    return () => {
      const present = before.filter(({ listener }) => !listener.isOver);
      const news = present.map(({ listener, heard }) => listener.heard.slice(heard));
      for (const [n, { listener, told }] of present.entries()) {
        if (news[n]!.some((event, m) => event !== news[0]![m])) complain('two listeners heard different events');
        if (listener.told - told !== outgoing.dropped - dropped) complain('a drop was not told');
      }
    };
  }

  #judgeFailure(error: unknown): void {
    const { setup, complain } = this.#scene;
    if (setup.retry && !isFatalError(error)) complain(`${String(error)} was not retried`);
  }
}
