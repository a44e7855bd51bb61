/** A scenario: an outage of a server with many clients; durations in milliseconds. */
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
}

const outage: Scene = { clients: 100_000, outage: 60_000, acceptRate: 1000, backlog: 511, refusalCost: 0 };

/** The scenarios by name. The backlog is the default of Node. */
export const scenes: Readonly<Record<'restart' | 'outage' | 'overload', Scene>> = {
  restart: { ...outage, outage: 5000 },
  outage,
  overload: { ...outage, refusalCost: 0.1 },
};

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
