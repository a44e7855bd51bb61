import { isOutboxOverflowError } from '../../../src/index.node.js';
import { Reactions } from './reactions.js';
import type { Scene } from './scene.js';
import type { UserStep } from './steps.js';

/** Does what a script says that users do, and looks at what comes back. */
export class User {
  readonly reactions = new Reactions((step) => this.use(step));
  readonly #scene: Scene;
  readonly #releases: (() => void)[] = [];
  #isStartingOver = false;
  readonly #closes = { asked: 0, done: 0 };

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Whether a `close()` has not resolved yet. */
  get isClosing(): boolean {
    return this.#closes.done < this.#closes.asked;
  }

  use(step: UserStep): void {
    const { feed, wire, outgoing, audience } = this.#scene;
    switch (step.do) {
      case 'listen':
        audience.listen(this.reactions.of(step.reaction));
        break;
      case 'read':
        audience.read(this.reactions.of(step.reaction));
        break;
      case 'watch': {
        const react = this.reactions.of(step.reaction);
        feed.state.subscribe(({ status }) => react(status));
        break;
      }
      case 'leave':
        audience.leave(step.which);
        break;
      case 'next':
        this.#next();
        break;
      case 'nextUnserializable':
        outgoing.drop();
        feed.messages.next(NaN);
        break;
      case 'linkSend':
        this.#sendAhead();
        break;
      case 'pause':
        this.#pause();
        break;
      case 'release':
        this.#releases[step.which]?.();
        break;
      case 'complete':
        this.#askForEnd();
        feed.messages.complete();
        outgoing.settle();
        break;
      case 'error':
      case 'close':
        this.#close(step.do, step.code);
        break;
      case 'linkClose':
        audience.expectEnd();
        wire.expectClosing();
        wire.link?.close();
        break;
      case 'linkTerminate':
        this.#terminate();
        break;
      case 'startOver':
        this.#startOver();
        break;
    }
  }

  releaseAll(): void {
    for (const release of this.#releases) release();
  }

  #next(): void {
    const { feed, wire, outgoing, complain } = this.#scene;
    const id = this.#scene.nextId();
    const mustBeSent = !this.reactions.isOn && feed.state.value.status === 'open' && wire.live?.readyState === 1;
    outgoing.offer(id);
    try {
      feed.messages.next(id);
    } catch (error) {
      if (!isOutboxOverflowError(error)) throw error;
      outgoing.refuse(id);
    }
    if (!outgoing.returned(id) && mustBeSent) complain(`${id} was not sent`);
  }

  /** Not inside of itself, for `switchMap` then has two connections. */
  #startOver(): void {
    const { audience, startOver } = this.#scene;
    if (!audience.isThere || this.#isStartingOver) return;
    this.#isStartingOver = true;
    audience.startOver();
    startOver.next();
    this.#isStartingOver = false;
  }

  #pause(): void {
    const { feed, leases } = this.#scene;
    const release = feed.pause();
    leases.add(release);
    this.#releases.push(() => {
      leases.delete(release);
      release();
    });
  }

  #terminate(): void {
    const { feed, wire, complain } = this.#scene;
    const { live } = wire;
    const isJudged = !this.reactions.isOn && feed.state.value.status !== 'closing';
    wire.link?.terminate(new Error('enough'));
    if (live && isJudged && !live.isGone) complain('a socket was not let go');
  }

  #sendAhead(): void {
    const { wire, outgoing } = this.#scene;
    const id = this.#scene.nextId();
    if (!wire.link) return;
    outgoing.offerAhead(id);
    wire.link.send(id);
    outgoing.returned(id);
  }

  #close(how: 'close' | 'error', code: number): void {
    const { feed, audience, outgoing, complain } = this.#scene;
    const isSendable = code === 1000 || (code >= 3000 && code <= 4999);
    const isRefusal = (error: unknown) => !isSendable && error instanceof RangeError;
    if (isSendable) this.#askForEnd();
    if (how === 'close') {
      this.#closes.asked++;
      const { present } = audience;
      feed.close(code).then(
        () => {
          this.#closes.done++;
          if (present.some(({ isOver }) => !isOver)) complain('somebody still hears of what was closed');
        },
        (error: unknown) => {
          this.#closes.done++;
          if (!isRefusal(error)) complain(`close(${code}) rejected`);
        },
      );
    } else {
      try {
        feed.messages.error({ code });
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    }
    if (isSendable) outgoing.settle();
  }

  #askForEnd(): void {
    const { feed, audience, wire, outgoing } = this.#scene;
    const { status } = feed.state.value;
    audience.expectClose();
    wire.expectClosing();
    outgoing.clear(status === 'open' && wire.live?.readyState === 1);
  }
}
