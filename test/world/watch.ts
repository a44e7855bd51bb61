import { skip } from 'rxjs';
import type { Subscription } from 'rxjs';
import type { Run } from '../../src/connection/run.js';
import { isHeartbeatTimeoutError } from '../../src/index.node.js';
import type { ConnectionState, LifecycleEvent, Link, WebSocketConnection } from '../../src/index.node.js';
import { insideOf } from '../../src/protocol/session-port.js';
import type { ClientAction } from '../../src/testing/index.js';
import type { Complain } from './complaints.js';
import { FrameOrder } from './frame-order.js';
import type { Ledger } from './ledger.js';
import type { Machine } from './machine.js';
import type { WireOwner } from './network.js';
import { PaceCheck } from './pace-check.js';
import type { Limit } from './pace-check.js';
import type { Sent } from './session.js';
import type { Wire } from './wire.js';

/** What must hold for one connection. */
export interface WatchedRules {
  readonly paces: readonly Limit[];
  /** Whether its messages are sent in the order that they were given in. */
  readonly isInOrder: boolean;
  /** How many keys it serves at most. */
  readonly mostKeys: number;
  /** How long it may be in a state, in milliseconds; a wait has its own delay on top. */
  readonly longest: Readonly<Record<'connecting' | 'reconnecting' | 'closing' | 'closed', number>>;
  /** How long a dead peer may go unnoticed. */
  readonly noticedWithin: number;
}

/** Watches one connection, at every step. */
export class Watch implements WireOwner {
  readonly name: string;
  /** Told that something happened, so that it is checked after this step. */
  onChange: () => void = () => undefined;
  /** Told what it does to its sockets. */
  onAction: ((action: ClientAction) => void) | undefined;
  /** Told what it sends. */
  onSend: ((message: Sent) => void) | undefined;
  /** Told that it dials. */
  onDial: (() => void) | undefined;
  /** Milliseconds that it was open, or tried to be. */
  used = 0;
  readonly #machine: Machine;
  readonly #ledger: Ledger;
  readonly #rules: WatchedRules;
  readonly #complain: Complain;
  readonly #wires: Wire[] = [];
  readonly #order: FrameOrder;
  readonly #paces = new WeakMap<Wire, PaceCheck>();
  #connection!: WebSocketConnection;
  #sent = 0;
  #dropped = 0;
  /** Attempts that have begun, and those that have ended. */
  #begun = 0;
  #closed = 0;
  /** The run that the last attempt was of. */
  #run: Run<unknown, unknown> | undefined;
  #status: ConnectionState = { status: 'idle' };
  #since = 0;
  #frozenThen = 0;
  #resumedAt = 0;
  readonly #subscriptions: Subscription[] = [];

  constructor(name: string, machine: Machine, ledger: Ledger, rules: WatchedRules, complain: Complain) {
    this.name = name;
    this.#machine = machine;
    this.#ledger = ledger;
    this.#rules = rules;
    this.#complain = complain;
    this.#order = new FrameOrder(complain);
  }

  get connection(): WebSocketConnection {
    return this.#connection;
  }

  get wire(): Wire | undefined {
    return this.#wires.at(-1);
  }

  watch(connection: WebSocketConnection): void {
    this.#connection = connection;
    this.#subscriptions.push(
      connection.events.subscribe((event) => this.#happened(event)),
      connection.state.pipe(skip(1)).subscribe((state) => this.#changed(state)),
    );
  }

  unsubscribe(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** A link is there, and nothing has arrived on it. */
  opened(link: Link): void {
    this.#order.follow(link.messages);
  }

  // What it does to its sockets

  dialled(wire: Wire): void {
    this.onDial?.();
    this.#wires.push(wire);
    this.#paces.set(wire, new PaceCheck(this.#rules.paces, this.#complain));
    if (this.#wires.length > 4) this.#wires.shift();
  }

  did(wire: Wire, action: ClientAction): void {
    this.onChange();
    this.onAction?.(action);
    const { now } = this.#machine.timeline;
    if (action.type === 'ping' || action.type === 'pong') this.#paces.get(wire)!.count(now);
    if (action.type === 'resume') this.#resumedAt = now;
    if (action.type !== 'message') return;
    this.#sent++;
    this.#paces.get(wire)!.send(now);
    const message = action.message as Sent;
    this.onSend?.(message);
    if ('n' in message) this.#ledger.handed(message.n, this.#rules.isInOrder && /note|ask/.test(message.t));
  }

  asked(keys: ReadonlySet<string>, isTwice: boolean): void {
    if (isTwice) this.#complain('its server was asked for a key that it sends already');
    if (keys.size > this.#rules.mostKeys) this.#complain(`it serves ${keys.size} keys, by its server's count`);
  }

  // What it says of itself

  #happened(event: LifecycleEvent): void {
    this.onChange();
    if (event.type === 'connecting') this.#joined();
    if (event.type === 'connecting' && ++this.#begun !== this.#closed + 1) {
      this.#complain(`connecting ${event.attempt} came before the close of the one before`);
      this.#begun = this.#closed + 1;
    }
    if (event.type === 'close' && ++this.#closed !== this.#begun) {
      this.#complain(`close ${event.code} came without a connecting`);
      this.#closed = this.#begun;
    }
    if (event.type === 'dropped') this.#dropped += event.count;
    if (event.type === 'reconnecting' && isHeartbeatTimeoutError(event.error)) this.#judge();
  }

  /** An attempt begins. */
  #joined(): void {
    const { run } = insideOf(this.#connection) ?? {};
    // A run that began as the last subscriber of the one before was leaving: nobody was left to receive a close.
    if (run !== this.#run && this.#run?.isEmpty) this.#closed = this.#begun;
    this.#run = run as Run<unknown, unknown> | undefined;
  }

  #changed(state: ConnectionState): void {
    this.onChange();
    if (this.#status.status !== 'closed') this.#checkDuration(); // else nobody may have been there
    if (!['idle', 'failed', 'closed'].includes(this.#status.status))
      this.used += this.#machine.timeline.now - this.#since;
    this.#status = state;
    this.#since = this.#machine.timeline.now;
    this.#frozenThen = this.#machine.frozen;
    if (state.status === 'idle') this.#closed = this.#begun; // nobody was left to receive a close
  }

  /** A heartbeat has ended a connection: its peer was not well. */
  #judge(): void {
    const lately = this.#machine.timeline.now - 120_000;
    // Which of them it was cannot be seen any more: beside an open one another may have been made.
    const isExcused = this.#wires.some(
      (wire) => wire.goneSince !== undefined || wire.isDeaf || wire.lateUntil > lately,
    );
    // A timer that is less than a second late counts, though what has arrived meanwhile is not read yet.
    const hasStoodStill = this.#machine.frozenUntil > this.#machine.timeline.now - 1100;
    if (!isExcused && !hasStoodStill) this.#complain('a heartbeat has ended a connection that was well');
  }

  // What must hold

  /** After a step in which something happened to it. */
  check(): void {
    const { stats, link, state } = this.#connection;
    if (stats.sent !== this.#sent) this.#complain(`${this.#sent} messages were sent, and ${stats.sent} counted`);
    if (stats.dropped !== this.#dropped)
      this.#complain(`${this.#dropped} drops were emitted, and ${stats.dropped} counted`);
    const isOpen = state.value.status === 'open';
    if (isOpen !== (link !== undefined)) this.#complain(`its state is ${state.value.status}, and a link: ${!isOpen}`);
    if (isOpen && !this.#wires.some((wire) => wire.socket?.readyState === 1))
      this.#complain('it is open, and no socket is');
  }

  /** Now and then: it is alive. */
  inspect(): void {
    this.check();
    this.#checkDuration();
    const wire = this.#wires.filter(({ socket }) => socket?.readyState === 1).at(-1);
    const { timeline, frozen } = this.#machine;
    if (!this.#isUsed && this.#status.status === 'closed') this.#since = timeline.now;
    if (this.#status.status !== 'open' || wire?.goneSince === undefined) return;
    if (this.#connection.link?.paused) return;
    const since = Math.max(wire.goneSince, this.#resumedAt, this.#since);
    const allowed = this.#rules.noticedWithin + 2 * frozen + (wire.isSlow ? 120_000 : 0);
    if (timeline.now - since > allowed)
      this.#complain(`its peer has gone ${timeline.now - since} ms ago, and it is open`);
  }

  #checkDuration(): void {
    const { timeline, frozen } = this.#machine;
    const state = this.#status;
    if (state.status === 'idle' || state.status === 'open' || state.status === 'failed' || !this.#isUsed) return;
    const longest = this.#rules.longest[state.status] + (state.status === 'reconnecting' ? state.delay : 0);
    const duration = timeline.now - this.#since - 2 * (frozen - this.#frozenThen);
    if (duration > longest) this.#complain(`it was ${state.status} for ${duration} ms`);
  }

  get #isUsed(): boolean {
    return this.#connection.messages.observed;
  }

  /** After the end. */
  checkNothingLeft(): void {
    const left = this.#wires.filter(({ socket }) => socket && socket.readyState < 3).length;
    if (left > 0) this.#complain(`${left} sockets are left`);
    const { status } = this.#connection.state.value;
    if (!['idle', 'closed', 'failed'].includes(status)) this.#complain(`it is ${status} after its end`);
    if (this.#begun !== this.#closed) this.#complain('a connecting has no close');
    if (this.#connection.messages.observed) this.#complain('it has readers after its end');
  }
}
