import { asyncScheduler, Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Transport } from '../../src/index.node.js';
import { accept, closeWith, raw, scriptedServer } from '../../src/testing/index.js';
import type { ScriptStep } from '../../src/testing/index.js';

/** What a client says, as the tests of this folder speak. */
export type Said = { sub: string } | { unsub: string } | { id: number } | string;

/** What a server tells, of a topic or in reply. */
export interface Told {
  key?: string;
  id?: number;
}

/** For `multiplex` and `connectionPool`. */
export const topics = {
  keyOf: ({ key }: Told) => key,
  subscribe: (key: string): Said => ({ sub: key }),
  unsubscribe: (key: string): Said => ({ unsub: key }),
};

/** For `requestResponse`. */
export const byId = { idOf: ({ id }: Told) => id };

/** One connection, as the server sees it. */
export interface VirtualPeer {
  /** All that came, in order. */
  readonly heard: Said[];
  /** What the client has asked for and not taken back. */
  readonly topics: Set<string>;
  readonly isOpen: boolean;
  send(message: unknown): void;
  /** The connection breaks. */
  drop(): void;
  closeWith(code: number): void;
}

/**
 * A server in virtual time that the test plays by hand: a scripted server whose scripts are Subjects of steps.
 * Connections open after 1 ms.
 */
export class VirtualServer {
  readonly transport: Transport;
  readonly #peers: PlayedPeer[] = [];
  /** Asking for what one has, or taking back what one has not: what a client must never do. */
  readonly faults: string[] = [];
  /** Whether handshakes succeed. */
  isUp = true;
  readonly #hear: (said: Said, peer: VirtualPeer) => void;

  constructor(hear: (said: Said, peer: VirtualPeer) => void = () => {}) {
    this.#hear = hear;
    const server = scriptedServer(() => this.#accept(), ['-']);
    this.transport = server.transport;
    server.log.subscribe((entry) => {
      const peer = this.#peers[entry.connection]!;
      if (entry.type === 'message') this.#receive(entry.message as Said, peer);
      if (entry.type === 'close' || entry.type === 'terminate') peer.isOpen = false;
    });
  }

  get peers(): readonly VirtualPeer[] {
    return this.#peers;
  }

  now(): number {
    return asyncScheduler.now();
  }

  get open(): VirtualPeer[] {
    return this.peers.filter(({ isOpen }) => isOpen);
  }

  /** What all clients together have asked for, sorted. */
  get topics(): string[] {
    return this.open.flatMap(({ topics }) => [...topics]).sort();
  }

  drop(): void {
    for (const peer of this.open) peer.drop();
  }

  /** @returns the script of the next connection */
  #accept(): Observable<ScriptStep> {
    const peer = new PlayedPeer();
    this.#peers.push(peer);
    asyncScheduler.schedule(() => (this.isUp ? peer.begin() : peer.drop()), 1);
    return peer.script;
  }

  #receive(said: Said, peer: PlayedPeer): void {
    peer.heard.push(said);
    if (typeof said === 'object' && 'sub' in said) {
      if (peer.topics.has(said.sub)) this.faults.push(`asked again for ${said.sub}`);
      peer.topics.add(said.sub);
    }
    if (typeof said === 'object' && 'unsub' in said && !peer.topics.delete(said.unsub)) {
      this.faults.push(`took back ${said.unsub}`);
    }
    this.#hear(said, peer);
  }
}

class PlayedPeer implements VirtualPeer {
  readonly script = new Subject<ScriptStep>();
  readonly heard: Said[] = [];
  readonly topics = new Set<string>();
  isOpen = false;

  begin(): void {
    this.isOpen = this.script.observed; // unless the client has given up
    this.script.next(accept());
  }

  send(message: unknown): void {
    if (this.isOpen) this.script.next(raw(JSON.stringify(message)));
  }

  drop(): void {
    this.isOpen = false;
    this.script.error(new Error('dropped'));
  }

  closeWith(code: number): void {
    this.isOpen = false;
    this.script.next(closeWith(code));
  }
}
