import { ConnectionClosedError, HandshakeError } from '../../src/protocol/errors.js';

/** A server that went away, and its clients; durations in milliseconds. */
export interface Scene {
  readonly clients: number;
  /** The duration of the outage. */
  readonly outage: number;
  /** Handshakes per second after the outage. */
  readonly acceptRate: number;
  /** The most clients that wait for a handshake; others are refused. */
  readonly backlog: number;
  /** The cost of a refusal, in handshakes. */
  readonly refusalCost: number;
  /** What each client is told when its connection ends, and whenever it is refused. Default: nothing. */
  readonly says?: Error;
}

const outage = { clients: 100_000, outage: 60_000, acceptRate: 1000, backlog: 511, refusalCost: 0 };

const closedWith = (code: number) => new ConnectionClosedError({ code, reason: '', wasClean: true });

/** By name; the backlog is what Node listens with. */
export const scenes = {
  restart: { ...outage, outage: 5000 },
  outage,
  overload: { ...outage, refusalCost: 0.1 },
  // It closes every connection with a code, and whoever comes too early too.
  'try-again-later': { ...outage, outage: 10_000, says: closedWith(1013) },
  'too-many-requests': { ...outage, outage: 2000, says: closedWith(4429) },
  // It refuses every handshake, and says when to come back.
  'retry-after': { ...outage, outage: 5000, says: new HandshakeError('refused', { status: 429, retryAfter: 7000 }) },
  // A proxy answers while the service behind it is deployed.
  deployment: { ...outage, says: new HandshakeError('refused', { status: 404 }) },
} as const satisfies Readonly<Record<string, Scene>>;

/** The same scenario with another number of clients, and a server of the same relative size. */
export function scaled(scene: Scene, clients: number): Scene {
  const share = clients / scene.clients;
  return {
    ...scene,
    clients,
    acceptRate: scene.acceptRate * share,
    backlog: Math.ceil(scene.backlog * share),
  };
}
