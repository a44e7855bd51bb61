import type { Observable } from 'rxjs';
import { bytesOf } from '../protocol/bytes.js';
import type { Receipt } from '../protocol/session-port.js';
import { toError } from '../protocol/to-error.js';
import type { TransportSocket } from '../transport/transport.js';
import type { ResolvedConfig } from './config.js';
import type { Message } from './message.js';
import type { Outgoing } from './outgoing.js';
import type { LinesHost, SendingLines } from './sending-lines.js';
import type { Counters } from './stats.js';

/** What a sender needs of the connection. */
export interface SenderCore<In, Out> {
  readonly config: ResolvedConfig<In, Out>;
  readonly stats: Counters;
  readonly outgoing: Outgoing<In, Out>;
}

/** The attempt that a sender belongs to. */
export interface SenderOwner {
  readonly phase: string;
  /** Another connection has taken its place: what waits for no connection in particular goes out on that one. */
  readonly isRetired: boolean;
}

/** What goes out on one connection: at once, or under a pace when its turn has come. */
export class LinkSender<In, Out> implements LinesHost {
  sentBytes = 0;
  /** Where messages wait under a pace. */
  readonly lines: SendingLines | undefined;
  readonly #core: SenderCore<In, Out>;
  readonly #socket: TransportSocket;
  readonly #owner: SenderOwner;

  constructor(core: SenderCore<In, Out>, socket: TransportSocket, owner: SenderOwner) {
    const { pace, scheduler } = core.config;
    this.#core = core;
    this.#owner = owner;
    this.#socket = socket;
    this.lines = pace[0]?.lines(pace, scheduler, this);
  }

  // For its lines, by getters: an inspection of a link shows fields, and the config has secrets.

  get core(): SenderCore<In, Out> {
    return this.#core;
  }

  get owner(): SenderOwner {
    return this.#owner;
  }

  /** Whether what is sent now can still reach the peer. */
  get isWritable(): boolean {
    return this.#owner.phase === 'open' && this.canTransmit;
  }

  get canTransmit(): boolean {
    return this.#socket.readyState === 1;
  }

  /** Sends ahead of the outbox. @returns the message, where it waits */
  send(line: 'raw' | 'own', frame: string | Uint8Array, receipt?: Receipt): Message | undefined {
    const bytes = typeof frame === 'string' ? frame : bytesOf(frame);
    if (bytes === undefined) {
      this.#core.outgoing.dropped.refuse(new TypeError(`a frame is text or bytes, not ${typeof frame}`), receipt);
      return undefined;
    }
    if (!this.isWritable) {
      this.#core.outgoing.dropped.report(1, 'closed', undefined, receipt && [receipt]);
      return undefined;
    }
    const waiting = this.lines?.take(line, bytes, receipt);
    if (!waiting) this.sendNow(bytes, receipt);
    return waiting;
  }

  /** @returns where it waits: emits as it goes out, and completes without where it never does */
  sendRaw(frame: string | Uint8Array): Observable<unknown> | undefined {
    if (this.lines) return this.lines.whenSent((receipt) => this.send('raw', frame, receipt));
    this.send('raw', frame);
    return undefined;
  }

  sendNow(frame: string | Uint8Array, receipt: Receipt | undefined): void {
    this.lines?.count();
    this.transmit(frame, receipt);
  }

  ping(payload: string | undefined): void {
    if (!this.isWritable) return;
    this.lines?.count();
    this.#socket.ping!(payload);
  }

  /** Gives up what waits here. */
  stop(): void {
    if (this.lines) this.#core.outgoing.dropped.drop(this.lines.clear(), 'closed');
  }

  transmit(frame: string | Uint8Array, receipt: Receipt | undefined): void {
    const { stats, outgoing, config } = this.#core;
    receipt?.sending?.();
    try {
      this.#socket.send(frame);
    } catch (thrown) {
      outgoing.dropped.report(1, 'unserializable', toError(thrown), receipt && [receipt]);
      return;
    }
    const bytes = config.transport.sizeOf?.(frame) ?? frame.length;
    stats.sent++;
    stats.sentBytes += bytes;
    this.sentBytes += bytes;
    receipt?.sent();
  }
}
