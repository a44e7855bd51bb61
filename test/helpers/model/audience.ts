import type { Subscription } from 'rxjs';
import { isFatalError } from '../../../src/index.node.js';
import type { LifecycleEvent } from '../../../src/index.node.js';
import { EventGrammar } from './grammar.js';
import type { React } from './reactions.js';
import type { Scene } from './scene.js';

/** Somebody who is subscribed, and what they heard. */
interface Subscriber {
  /** Not there while they are joining, when nobody can leave. */
  subscription?: Subscription;
  isOver: boolean;
}

interface Listener extends Subscriber {
  /** How many of the dropped messages they were told of. */
  told: number;
  readonly heard: LifecycleEvent[];
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
    return this.#all.some(({ isOver }) => !isOver);
  }

  expectEnd(): void {
    this.#isEndAsked = true;
  }

  listen(react: React): void {
    const { feed, outgoing, complain } = this.#scene;
    const isNew = ['idle', 'failed'].includes(feed.state.value.status) && !this.isThere;
    if (isNew) this.#isEndAsked = false;
    const grammar = new EventGrammar(isNew ? 'start' : undefined, complain);
    const listener: Listener = { isOver: false, told: 0, heard: [] };
    this.#listeners.push(listener);
    const over = (how: 'completion' | 'failure') => {
      listener.isOver = true;
      grammar.end(how);
      react(how);
    };
    const subscription = feed.lifecycle.subscribe({
      next: (event) => {
        if (listener.isOver) complain(`${event.type} was told to somebody who had left`);
        grammar.next(event);
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
        if (!this.#isEndAsked) complain('it completed, and nobody asked for that');
        over('completion');
      },
    });
    Object.assign(listener, { subscription });
  }

  read(react: React): void {
    const { feed, wire, complain } = this.#scene;
    if (!this.isThere) this.#isEndAsked = false;
    const reader: Reader = { isOver: false, from: wire.delivered.length, got: 0 };
    this.#readers.push(reader);
    const subscription = feed.messages.subscribe({
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
        reader.isOver = true;
        react('completion');
      },
    });
    Object.assign(reader, { subscription });
  }

  leave(which: number): void {
    const leaver = this.#all.filter(({ isOver, subscription }) => subscription && !isOver)[which];
    if (!leaver) return;
    leaver.isOver = true;
    leaver.subscription!.unsubscribe();
  }

  leaveAll(): void {
    for (const { subscription } of this.#all) subscription?.unsubscribe();
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

  get #all(): (Listener | Reader)[] {
    return [...this.#listeners, ...this.#readers];
  }

  #judgeFailure(error: unknown): void {
    const { setup, complain } = this.#scene;
    if (setup.retry && !isFatalError(error)) complain(`${String(error)} was not retried`);
  }
}
