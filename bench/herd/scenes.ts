/** A server that went away, and its clients; durations in milliseconds. */
export interface Scene {
  readonly clients: number;
  /** How long the server is away. */
  readonly outage: number;
  /** How many handshakes a second it makes when it is back. */
  readonly acceptRate: number;
  /** How many wait for theirs; who comes then is refused. */
  readonly backlog: number;
  /** What it costs to refuse, in handshakes. */
  readonly refusalCost: number;
}

const outage: Scene = { clients: 100_000, outage: 60_000, acceptRate: 1000, backlog: 511, refusalCost: 0 };

/** By name; the backlog is what Node listens with. */
export const scenes: Readonly<Record<'restart' | 'outage' | 'overload', Scene>> = {
  restart: { ...outage, outage: 5000 },
  outage,
  overload: { ...outage, refusalCost: 0.1 },
};

/** The same scene with another number of clients, and a server to match. */
export function scaled(scene: Scene, clients: number): Scene {
  const share = clients / scene.clients;
  return {
    ...scene,
    clients,
    acceptRate: scene.acceptRate * share,
    backlog: Math.ceil(scene.backlog * share),
  };
}
