import { defer, filter, Subject, tap } from 'rxjs';
import { observeWebSocket } from '../../../src/index.node.js';
import type { WebSocketConnection } from '../../../src/index.node.js';
import { CountingScheduler } from '../counting-scheduler.js';
import { Audience } from './audience.js';
import { stateGrammar } from './grammar.js';
import { answer } from './moods.js';
import type { Moods } from './moods.js';
import { Outgoing } from './outgoing.js';
import { PlayedServer } from './played-server.js';
import type { Setup } from './steps.js';
import { supervision } from './supervision.js';
import { Wire } from './wire.js';

export const CONNECT_TIMEOUT = 100;
export const CLOSE_TIMEOUT = 20;

/** A connection as a setup makes it, all that it stands on and those who hear of it, and what was not as it must be. */
export class Scene {
  readonly complaints: string[] = [];
  readonly setup: Setup;
  readonly scheduler = new CountingScheduler();
  readonly moods: Moods = { handshake: 'well', goodbye: 'well', pong: 'well', url: 'well', setUp: 'well', refresh: 'well' }; // prettier-ignore
  readonly outgoing: Outgoing;
  readonly wire: Wire;
  readonly server: PlayedServer;
  readonly feed: WebSocketConnection<number, number>;
  /** The last of the supervision leaves what is before it, and comes again. */
  readonly startOver = new Subject<void>();
  readonly audience = new Audience(this);
  /** What the user has to call for the connection to be read again. */
  readonly leases = new Set<() => void>();
  readonly complain = (what: string): void => void this.complaints.push(what);
  #lastId = 0;

  constructor(setup: Setup) {
    const { scheduler, moods, complain } = this;
    this.setup = setup;
    this.outgoing = new Outgoing(setup.outbox, () => scheduler.now(), complain);
    this.wire = new Wire({
      outgoing: this.outgoing,
      complain,
      now: () => scheduler.now(),
      status: () => this.feed.state.value.status,
      runBegins: () => this.audience.runBegins(),
      isHeard: () => this.audience.isThere,
      isHeld: () => setup.canPause && this.leases.size > 0,
      isWanted: () => this.audience.isThere || setup.linger > 0,
    });
    this.server = new PlayedServer({ ...setup, moods, scheduler, wiretap: this.wire });
    this.feed = observeWebSocket<number>(
      {
        url: () => defer(() => answer(moods.url, 'ws://model', scheduler)),
        codec: { encode, decode },
        outbox: setup.outbox,
        connectTimeout: CONNECT_TIMEOUT,
        closeTimeout: CLOSE_TIMEOUT,
        linger: setup.linger,
        transport: this.server.transport,
        scheduler,
      },
      (source) => this.wire.witness(source),
      ...supervision(setup, moods, scheduler, this.startOver),
      tap((event) => {
        const isOpen = this.wire.live?.readyState === 1;
        if (event.type === 'open' && !isOpen) complain('a connection was told to be open that closes');
      }),
    );
    this.feed.state.pipe(filter(({ status }) => status === 'open')).subscribe(() => this.outgoing.opening());
    this.feed.state.subscribe(stateGrammar(complain));
    // Those who look on are notified last.
    this.feed.events.pipe(filter(({ type }) => type === 'open')).subscribe(() => this.outgoing.opened());
  }

  /** What no message was before. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Lets time pass; promises have their turn after each timer. */
  async pass(ms: number): Promise<void> {
    const { scheduler } = this;
    const end = scheduler.frame + ms;
    for (let action; (action = scheduler.actions[0]) && action.delay <= end;) {
      scheduler.advance(Math.max(0, action.delay - scheduler.frame));
      await microtasks();
    }
    scheduler.advance(end - scheduler.frame);
    await microtasks();
  }
}

/** Promises have their turn. */
export async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}

function encode(value: number): string {
  if (Number.isNaN(value)) throw new TypeError('no number');
  return String(value);
}

function decode(data: string | Uint8Array): number {
  const value = Number(data);
  if (Number.isNaN(value)) throw new TypeError('no number');
  return value;
}
