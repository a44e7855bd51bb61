import type { Scene } from './scene.js';
import type { Deed, Occasion } from './script.js';

/** Does what a script says that users do, at a time or in a listener. */
export class User {
  readonly #scene: () => Scene;
  readonly #waiting: Deed[];
  readonly #counts = new Map<string, number>();
  readonly #releases: (() => void)[] = [];
  #said = 0;
  readonly closes = { asked: 0, done: 0 };

  constructor(scene: () => Scene, deeds: readonly Deed[]) {
    this.#scene = scene;
    this.#waiting = [...deeds];
  }

  /** Something was emitted to a listener. */
  notice(on: Occasion['on']): void {
    const nth = (this.#counts.get(on) ?? 0) + 1;
    this.#counts.set(on, nth);
    for (const deed of [...this.#waiting]) {
      const { at } = deed;
      if (typeof at === 'number' || at.on !== on || at.nth !== nth || !this.#waiting.includes(deed)) continue;
      this.#waiting.splice(this.#waiting.indexOf(deed), 1);
      this.do(deed.do);
    }
  }

  /** No listener does anything any more. */
  stop(): void {
    this.#waiting.length = 0;
  }

  releaseAll(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  get isPausing(): boolean {
    return this.#releases.length > 0;
  }

  #say(): void {
    for (const socket of this.#scene().servers.alive) if (socket.readyState === 1) socket.say(++this.#said);
  }

  close(): void {
    const scene = this.#scene();
    scene.isEndAsked = true;
    this.closes.asked++;
    void scene.feed.close(4001, 'enough').then(() => this.closes.done++);
  }

  do(what: Deed['do']): void {
    const scene = this.#scene();
    const { feed, audience } = scene;
    switch (what) {
      case 'listen':
      case 'read':
        return audience.subscribe(what === 'read');
      case 'unsubscribe':
        return audience.unsubscribe();
      case 'unsubscribeAll':
        return audience.unsubscribeAll();
      case 'resubscribe':
        audience.unsubscribeAll();
        return audience.subscribe(false);
      case 'reconnect':
        return feed.reconnect();
      case 'reconnectBeside':
        return feed.reconnect({ overlap: 10 });
      case 'close':
        return this.close();
      case 'closeAndSubscribe':
        this.close();
        return audience.subscribe(false);
      case 'complete':
        scene.isEndAsked = true;
        return feed.messages.complete();
      case 'linkClose':
        scene.isEndAsked = true;
        return (feed.link ?? scene.link)?.close();
      case 'terminate':
        return (feed.link ?? scene.link)?.terminate(new Error('enough'));
      case 'next':
        return scene.post.next();
      case 'send':
        return scene.post.send();
      case 'say':
        return this.#say();
      case 'pause':
        return void this.#releases.push(feed.pause());
      case 'release':
        return this.#releases.pop()?.();
    }
  }
}
