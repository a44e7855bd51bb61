import type { Library } from './library.js';
import { Scene } from './scene.js';
import type { Script } from './script.js';
import { User } from './user.js';

/** How long a script takes, and then how long until all is quiet, in milliseconds. */
const SCRIPT = 150;
const RECOVERY = 5000;

/** One script: what happens, how it recovers, and the end. */
export class Play {
  readonly #scene: Scene;
  readonly #user: User;
  readonly #script: Script;

  constructor(library: Library, script: Script) {
    this.#script = script;
    this.#user = new User(() => this.#scene, script.deeds);
    this.#scene = new Scene(library, script, (on) => this.#user.notice(on));
  }

  get complaints(): readonly string[] {
    return this.#scene.complaints;
  }

  /** A listener and two readers subscribe, and the script happens. */
  act(): void {
    const { scheduler, audience } = this.#scene;
    for (const deed of this.#script.deeds) {
      if (typeof deed.at === 'number') scheduler.schedule(() => this.#user.do(deed.do), deed.at);
    }
    audience.subscribe(false);
    audience.subscribeTwo(audience.present.length === 1 && !this.#scene.isEndAsked);
    for (let ms = 0; ms < SCRIPT; ms++) {
      scheduler.advance(1);
      this.#check();
    }
  }

  /** From now on all is well, and until all is quiet: a run is alive. */
  async recover(): Promise<void> {
    const { servers, scheduler, audience, feed, complain, closes } = this.#scene;
    servers.areWell = true;
    this.#scene.isWell = true;
    this.#user.stop();
    scheduler.advance(RECOVERY);
    if (scheduler.pending > 0) complain(`${scheduler.pending} timers run for ever`);
    const { status } = feed.state.value;
    const { alive } = servers;
    if (audience.present.length > 0) {
      if (alive.length !== 1 && !(alive.length === 2 && this.#mayWaitBeside))
        complain(`it is ${status}, with subscribers and ${alive.length} sockets`);
      if (['failed', 'idle', 'closing'].includes(status) && !this.#touches('connecting'))
        complain(`it is ${status}, with subscribers`);
    } else {
      if (alive.length > 0) complain(`${alive.length} sockets without a subscriber`);
      if (!['closed', 'failed', 'idle'].includes(status)) complain(`it is ${status} without a subscriber`);
      if (closes.isUnclosed && status !== 'idle') complain('a connecting has no close'); // idle: nobody was left to receive it
    }
    this.#checkOpen();
    this.#check();
    await microtasks();
    this.#scene.post.checkReceipts(feed.stats.queued === 0);
  }

  #check(): void {
    this.#scene.post.check();
    this.#scene.audience.check();
  }

  /** What says that it is open sends and receives. */
  #checkOpen(): void {
    const { servers, audience, feed, complain, closes } = this.#scene;
    const { stats, link } = feed;
    const [socket] = servers.alive;
    const isOpen = feed.state.value.status === 'open';
    if (isOpen !== (link !== undefined)) complain(`open: ${isOpen}, and a link: ${!isOpen}`);
    if (socket && !isOpen && this.#isPlain) complain(`it is ${feed.state.value.status}, and its socket is open`);
    if (!isOpen || !socket) return;
    if (!closes.isUnclosed && !this.#touches('connecting')) complain('it is open, and its close was emitted');
    if (socket.isPaused !== this.#user.isPausing) complain(`the leases say ${this.#user.isPausing}`);
    this.#user.releaseAll();
    if (socket.isPaused) complain('it is paused without a lease');
    if (stats.queued > 0) complain(`${stats.queued} messages wait on an open connection`);
    const { length } = socket.calls;
    this.#scene.post.next();
    if (socket.calls.length !== length + 1) complain('a message was not sent on the open connection');
    const before = audience.received;
    socket.say('hello');
    if (audience.received.some((count, index) => count !== before[index]! + 1)) complain('a reader received nothing');
  }

  /** Whether nothing is done to what says that it is open, and nothing else holds that back. */
  get #isPlain(): boolean {
    return this.#script.setUp !== 'never' && !this.#touches('connecting') && !this.#touches('open');
  }

  /** Whether a connection that is made beside the open one may wait for ever: its `open` is held back until something follows it. */
  get #mayWaitBeside(): boolean {
    const { deeds, mangles } = this.#script;
    const isHeld = mangles.some(({ how, type = 'open' }) => how === 'reorder' && type === 'open');
    return isHeld && deeds.some((deed) => deed.do === 'reconnectBeside');
  }

  #touches(type: string): boolean {
    return this.#script.mangles.some((mangle) => mangle.type === type || mangle.type === undefined);
  }

  /** Everybody leaves: nothing stays behind, and the next run is as good as the first. */
  async end(): Promise<void> {
    const { servers, scheduler, audience, feed, complain } = this.#scene;
    this.#leave();
    scheduler.advance(1000);
    await microtasks();
    if (scheduler.pending > 0) complain(`${scheduler.pending} timers are left`);
    if (servers.left.length > 0) complain(`${servers.left.length} sockets are left`);
    if (audience.present.length > 0) complain(`${audience.present.length} subscribers are left`);
    if (this.#user.closes.done !== this.#user.closes.asked) complain('a close() has not resolved');
    if (!['closed', 'failed', 'idle'].includes(feed.state.value.status)) complain(`it ends ${feed.state.value.status}`);
    this.#check();
    this.#scene.post.checkReceipts(feed.stats.queued === 0);

    audience.subscribe(true);
    scheduler.advance(1000);
    if (servers.alive.length !== 1) complain(`a new run has ${servers.alive.length} sockets`);
    audience.unsubscribeAll();
    scheduler.advance(1000);
    if (scheduler.pending > 0 || servers.left.length > 0) complain('a new run leaves something behind');
  }

  #leave(): void {
    if (this.#script.last === 'close') this.#user.close();
    else this.#scene.audience.unsubscribeAll();
  }
}

/** Promises have their turn. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await Promise.resolve();
}
