import { accept, closeWith, pong, refuseWith, silence } from '../../src/testing/index.js';
import type { ClientAction } from '../../src/testing/index.js';
import { breaks, ping, raw } from '../../src/testing/script.js';
import type { Exchange } from './exchange.js';
import type { Host } from './network.js';
import { Session } from './session.js';
import type { Timeline } from './timeline.js';
import type { Wire } from './wire.js';

const SERVER_PINGS = 25_000;

/** A server, which may be down, without power, overloaded or deaf. Times are those of the timeline. */
export class Server implements Host {
  readonly sessions = new Map<Wire, Session>();
  /** It refuses connections until then. */
  downUntil = 0;
  /** It has no power until then. */
  offUntil = 0;
  /** It takes connections and says nothing until then. */
  hangsUntil = 0;
  /** It answers nothing until then. */
  deafUntil = 0;
  refusal: { readonly until: number; readonly status: number; readonly after: number } | undefined;
  readonly #timeline: Timeline;
  readonly #exchange: Exchange;
  readonly #isPinging: boolean;

  constructor(timeline: Timeline, exchange: Exchange, isPinging: boolean) {
    this.#timeline = timeline;
    this.#exchange = exchange;
    this.#isPinging = isPinging;
  }

  /** Whether it answered nothing within the last two minutes. */
  get isDeaf(): boolean {
    return this.#timeline.now < Math.max(this.deafUntil, this.offUntil) + 120_000;
  }

  arrived(wire: Wire, action: ClientAction): void {
    const { now } = this.#timeline;
    if (now < this.offUntil) return;
    if (action.type === 'connect') {
      this.#welcome(wire, action.headers.token ?? '');
      return;
    }
    const session = this.sessions.get(wire);
    if (action.type === 'terminate' || action.type === 'close') {
      this.sessions.delete(wire);
      if (action.type === 'close' && now >= this.deafUntil) wire.say(closeWith(closable(action.code), action.reason));
    } else if (!session) {
      wire.say(breaks(new Error('write EPIPE')));
    } else if (now < this.deafUntil) {
      session.isIgnored = true;
    } else if (session.isIgnored) {
      this.#drop(session);
    } else if (action.type === 'ping') {
      wire.say(pong(action.payload));
    } else if (action.type === 'message') {
      session.received(action.message as never);
    }
  }

  #welcome(wire: Wire, token: string): void {
    const { now } = this.#timeline;
    if (now < this.hangsUntil) return;
    if (now < this.downUntil) wire.say(breaks(new Error('connect ECONNREFUSED')));
    else if (this.refusal && now < this.refusal.until) wire.say(this.#exchange.refusing(this.refusal));
    else if (token && !this.#exchange.accepts(token)) wire.say(refuseWith(401));
    else this.#admit(wire);
  }

  #admit(wire: Wire): void {
    this.sessions.set(wire, new Session(wire, this.#exchange, () => this.sessions.delete(wire)));
    wire.say(accept(), silence());
    if (this.#isPinging) this.#pingLater(wire);
  }

  #pingLater(wire: Wire): void {
    const { now } = this.#timeline;
    this.#timeline.at(now + SERVER_PINGS, 0, () => {
      if (!this.sessions.has(wire)) return;
      if (this.#timeline.now >= this.deafUntil) wire.say(ping('server'));
      this.#pingLater(wire);
    });
  }

  // What happens to it

  crash(ms: number): void {
    this.downUntil = this.#timeline.now + ms;
    for (const wire of this.sessions.keys()) wire.say(breaks());
    this.sessions.clear();
  }

  powerOff(ms: number): void {
    this.offUntil = this.#timeline.now + ms;
    for (const wire of this.sessions.keys()) wire.vanish();
    const gone = [...this.sessions.keys()];
    this.sessions.clear();
    this.#timeline.at(this.offUntil, 0, () => {
      for (const wire of gone) wire.reappear();
    });
  }

  closeAll(code: number): void {
    for (const session of [...this.sessions.values()]) session.end(code);
  }

  /** The next message of every session is none. */
  sendBadFrame(): void {
    for (const { wire } of this.sessions.values()) wire.say(raw('{'));
  }

  /** Those that it has something to say to. */
  get audience(): Iterable<Session> {
    const { now } = this.#timeline;
    return now < this.deafUntil || now < this.offUntil ? [] : this.sessions.values();
  }

  recover(): void {
    const { now } = this.#timeline;
    this.downUntil = this.hangsUntil = 0;
    this.deafUntil = Math.min(this.deafUntil, now);
    this.offUntil = Math.min(this.offUntil, now);
    this.refusal = undefined;
    for (const session of [...this.sessions.values()]) {
      session.isGapDue = false;
      if (session.isIgnored) this.#drop(session);
    }
  }

  #drop({ wire }: Session): void {
    this.sessions.delete(wire);
    wire.say(breaks());
  }
}

/** What may be echoed in a Close frame. */
function closable(code: number): number {
  return code === 1000 || code >= 3000 ? code : 1000;
}
