import { asyncScheduler } from 'rxjs';
import type { Transport, TransportSink } from '../../src/index.node.js';

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

/** A server in virtual time that answers, which a script cannot. Connections open after 1 ms. */
export class VirtualServer {
  readonly peers: VirtualPeer[] = [];
  /** Asking for what one has, or taking back what one has not: what a client must never do. */
  readonly faults: string[] = [];
  /** Whether handshakes succeed. */
  isUp = true;
  readonly #hear: (said: Said, peer: VirtualPeer) => void;

  constructor(hear: (said: Said, peer: VirtualPeer) => void = () => {}) {
    this.#hear = hear;
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

  get transport(): Transport {
    return {
      canPause: false,
      canSetHeaders: false,
      open: (_request, sink) => {
        const peer = this.#accept(sink);
        asyncScheduler.schedule(() => (this.isUp ? peer.begin() : peer.drop()), 1);
        return peer.socket;
      },
    };
  }

  drop(): void {
    for (const peer of this.open) peer.drop();
  }

  #accept(sink: TransportSink) {
    let phase: 'connecting' | 'open' | 'closed' = 'connecting';
    const end = (code: number, reason = '') => {
      if (phase === 'closed') return;
      phase = 'closed';
      sink.onClose(code, reason, code !== 1006);
    };
    const hear = (said: Said) => {
      peer.heard.push(said);
      if (typeof said === 'object' && 'sub' in said) {
        if (peer.topics.has(said.sub)) this.faults.push(`asked again for ${said.sub}`);
        peer.topics.add(said.sub);
      }
      if (typeof said === 'object' && 'unsub' in said && !peer.topics.delete(said.unsub)) {
        this.faults.push(`took back ${said.unsub}`);
      }
      this.#hear(said, peer);
    };
    const peer = {
      heard: [] as Said[],
      topics: new Set<string>(),
      get isOpen() {
        return phase === 'open';
      },
      begin: () => {
        if (phase !== 'connecting') return;
        phase = 'open';
        sink.onOpen('', '');
      },
      send: (message: unknown) => {
        const text = JSON.stringify(message);
        if (phase === 'open') sink.onMessage(text, text.length);
      },
      drop: () => end(1006),
      closeWith: (code: number) => end(code),
      socket: {
        get readyState() {
          return Number(phase === 'open');
        },
        bufferedAmount: 0,
        send: (data: string | Uint8Array) => {
          hear(JSON.parse(String(data)) as Said);
          return data.length;
        },
        close: end,
        terminate: () => void (phase = 'closed'),
      },
    };
    this.peers.push(peer);
    return peer;
  }
}
