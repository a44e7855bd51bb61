import type { Moods } from './moods.js';
import { checkStanding } from './standing.js';
import { CLOSE_TIMEOUT, CONNECT_TIMEOUT, microtasks, Scene } from './scene.js';
import type { Setup, Step } from './steps.js';
import { User } from './user.js';
import { GIBBERISH } from './wire.js';

/** Longer than any wait before a retry: what 1013 asks for, and what comes on top. */
const RECOVERY = 120_000;

/** Takes one step of a script after another, and looks after each whether all is as it must be. */
export class Stage {
  readonly #scene: Scene;
  readonly #user: User;

  constructor(setup: Setup) {
    this.#scene = new Scene(setup);
    this.#user = new User(this.#scene);
  }

  /** What was not as it must be. */
  get complaints(): readonly string[] {
    return this.#scene.complaints;
  }

  async take(step: Step): Promise<void> {
    const { audience, outgoing, feed } = this.#scene;
    const { reactions } = this.#user;
    const checkNews = audience.expectSameNews();
    reactions.count = 0;
    if (step.do === 'pass') await this.#pass(step.ms);
    else this.#act(step);
    await microtasks();
    outgoing.check(feed.stats);
    audience.checkReaders();
    checkStanding(this.#scene);
    if (reactions.count === 0) checkNews();
  }

  /** All is well again: whoever still listens has an open connection in the end. */
  async recover(): Promise<void> {
    const { setup, moods, feed, audience, complain } = this.#scene;
    for (const of of Object.keys(moods) as (keyof Moods)[]) moods[of] = 'well';
    this.#user.releaseAll();
    await this.take({ do: 'pass', ms: RECOVERY });
    // A watchdog ends a connection on which nothing is said, over and over: then it is the next one that is open.
    if (setup.heartbeat === 'none' && feed.state.value.status !== 'open') {
      await this.take({ do: 'pass', ms: CONNECT_TIMEOUT });
    }
    if (!audience.isThere) return;
    const { status } = feed.state.value;
    if (status !== 'open') complain(`it is ${status} for good`);
    if (feed.stats.queued > 0) complain(`${feed.stats.queued} messages wait for good`);
  }

  /** Everybody leaves, and nothing stays behind. */
  async clear(): Promise<void> {
    const { setup, feed, audience, scheduler, server, complain } = this.#scene;
    this.#user.reactions.end();
    audience.leaveAll();
    await this.#scene.pass(setup.linger + CLOSE_TIMEOUT + 50);
    const { status } = feed.state.value;
    if (!['idle', 'closed', 'failed'].includes(status)) complain(`in the end it is ${status}`);
    if (scheduler.pending > 0) complain(`${scheduler.pending} timers are left`);
    if (server.sockets.some(({ isGone }) => !isGone)) complain('a socket is left');
    if (this.#user.isClosing) complain('a close() never resolved');
    if (feed.messages.observed) complain('its messages are observed by nobody');
  }

  /** Who is silent for so long is dead. */
  async #pass(ms: number): Promise<void> {
    const { setup, moods, wire, complain } = this.#scene;
    const { live } = wire;
    const received = wire.received;
    const isMute = setup.heartbeat === 'none' || moods.pong === 'never' || moods.pong === 'badly';
    const isDue =
      setup.heartbeat &&
      isMute &&
      this.#scene.leases.size === 0 &&
      ms >= (setup.heartbeat === 'none' ? 60_000 : 40_000);
    await this.#scene.pass(ms);
    wire.expectNoEnding();
    const isUndisturbed = this.#user.reactions.count === 0 && wire.received === received;
    if (live && isDue && isUndisturbed && wire.live === live) complain('a dead peer was not noticed');
  }

  #act(step: Exclude<Step, { do: 'pass' }>): void {
    const { moods, server } = this.#scene;
    const { socket } = server;
    switch (step.do) {
      case 'mood':
        moods[step.of] = step.is;
        break;
      case 'accept':
        socket?.accept();
        break;
      case 'refuse':
        socket?.refuse(step.status);
        break;
      case 'message':
        socket?.message(String(this.#scene.nextId()));
        break;
      case 'gibberish':
        socket?.message(GIBBERISH);
        break;
      case 'bye':
        socket?.bye(step.code);
        break;
      case 'break':
        socket?.break();
        break;
      case 'chatter':
        for (const each of server.sockets) each.chatter();
        break;
      default:
        this.#user.use(step);
    }
  }
}
