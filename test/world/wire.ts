import type { Subject } from 'rxjs';
import type { TransportSocket } from '../../src/index.node.js';
import { breaks } from '../../src/testing/script.js';
import type { ClientAction, ScriptStep } from '../../src/testing/index.js';
import { TIMERS } from './machine.js';
import type { Host, Network, WireOwner } from './network.js';

/** A packet that takes longer than this is an excuse for a heartbeat. */
const LATE = 2500;

/** One TCP connection: what goes in arrives in order, sooner or later, or never. */
export class Wire {
  readonly script: Subject<ScriptStep>;
  readonly server: number;
  readonly owner: WireOwner;
  socket: TransportSocket | undefined;
  /** Since when nobody is at the other end who knows of it. */
  goneSince: number | undefined;
  /** Until when something was late. */
  lateUntil = 0;
  sentBytes = 0;
  /** Bytes that a slow line takes a second; `Infinity` for a line that is not slow. */
  rate = Infinity;
  readonly #network: Network;
  readonly #host: Host;
  readonly #roll: () => number;
  readonly #rank: number;
  #isReset = false;
  /** Whether nothing arrives, in either direction. */
  #isCut = false;
  #lastUp = 0;
  #lastDown = 0;
  /** When the last byte leaves. */
  #leavesAt = 0;
  #size = 0;

  constructor(
    network: Network,
    owner: WireOwner,
    host: Host,
    server: number,
    roll: () => number,
    script: Subject<ScriptStep>,
  ) {
    this.#network = network;
    this.owner = owner;
    this.#host = host;
    this.server = server;
    this.#roll = roll;
    this.script = script;
    this.#rank = TIMERS + (roll() < 0.5 ? -1 : 1);
  }

  /** Bytes that have not left yet. */
  get buffered(): number {
    const wait = this.#leavesAt - this.#network.timeline.now;
    return wait > 0 ? Math.min(this.sentBytes, Math.ceil((wait * this.rate) / 1000)) : 0;
  }

  get isSlow(): boolean {
    return Number.isFinite(this.rate);
  }

  /** Whether the other end answered nothing lately. */
  get isDeaf(): boolean {
    return this.#host.isDeaf;
  }

  /** The client is about to send so many bytes. */
  sending(bytes: number): void {
    this.sentBytes += bytes;
    this.#size = bytes;
  }

  /** The client does something, which the other end gets to know later. */
  act(action: ClientAction): void {
    this.owner.did(this, action);
    if (action.type === 'pause' || action.type === 'resume') return;
    const { timeline } = this.#network;
    const bytes = action.type === 'message' ? this.#size : 0;
    if (Number.isFinite(this.rate))
      this.#leavesAt = Math.max(this.#leavesAt, timeline.now) + (bytes * 1000) / this.rate;
    const arrives = this.#arrival(Math.max(this.#leavesAt, timeline.now), this.#lastUp);
    this.#lastUp = arrives;
    timeline.at(arrives, this.#rank, () => {
      if (!this.#isCut && !this.#isReset) this.#host.arrived(this, action);
    });
  }

  /** The other end does something, which the client gets to know later. */
  say(...steps: readonly ScriptStep[]): void {
    const { timeline, machine } = this.#network;
    if (this.#isCut) return;
    const arrives = this.#arrival(timeline.now, this.#lastDown);
    this.#lastDown = arrives;
    timeline.at(
      arrives,
      this.#rank,
      () => {
        for (const step of steps) this.script.next(step);
      },
      machine,
    );
  }

  /** Something between both ends has ended it. */
  reset(): void {
    this.say(breaks(new Error('read ECONNRESET')));
    this.#isReset = true;
    this.#host.arrived(this, { type: 'terminate' });
  }

  /** Nobody answers any more. */
  vanish(): void {
    this.goneSince ??= this.#network.timeline.now;
    this.#isCut = true;
  }

  /** The other end is there again, and knows nothing of this. */
  reappear(): void {
    this.#isCut = false;
  }

  #arrival(leaves: number, after: number): number {
    const { timeline } = this.#network;
    const arrives = Math.max(after, this.#network.arrival(this.server, leaves, this.#roll));
    if (arrives - timeline.now > LATE) this.lateUntil = Math.max(this.lateUntil, arrives);
    return arrives;
  }
}
