import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

/** What happens to a world while its clients work. Durations are seconds. */
export type Happening =
  /** To the network. */
  | { readonly do: 'partition' | 'slow' | 'lossy'; readonly server: number; readonly for: number }
  | { readonly do: 'reset' | 'narrow'; readonly client: number }
  /** To a server: its process ends, its machine has no power, or it takes handshakes and answers nothing. */
  | { readonly do: 'crash' | 'powerOff' | 'hang' | 'deaf'; readonly server: number; readonly for: number }
  /** It refuses handshakes with a status, and may say when to come back. */
  | {
      readonly do: 'refuse';
      readonly server: number;
      readonly for: number;
      readonly status: number;
      readonly after: number;
    }
  | { readonly do: 'closeAll'; readonly server: number; readonly code: number }
  | { readonly do: 'badFrame' | 'gap'; readonly server: number }
  /** Tokens expire; connections that were made with them may stay, or are closed with 4401. */
  | { readonly do: 'expire'; readonly closes: boolean }
  /** To the machine of the clients. */
  | { readonly do: 'step'; readonly by: number }
  | { readonly do: 'freeze'; readonly for: number }
  /** What users do. */
  | { readonly do: Deed; readonly client: number }
  /** It sends many messages, to the connection or to its link. */
  | { readonly do: 'burst' | 'burstOnLink'; readonly client: number; readonly count: number }
  | { readonly do: 'pause'; readonly client: number; readonly for: number }
  /** It asks for a handover and pauses, while the books change. */
  | { readonly do: 'reconnectPaused'; readonly client: number; readonly for: number }
  | { readonly do: 'stop'; readonly client: number; readonly for: number };

const DEEDS = [
  ...['reconnect', 'reconnectBeside', 'terminate', 'linkClose', 'close', 'closeAndSubscribe', 'complete'],
  ...['read', 'leave', 'leaveAndRead', 'swap', 'request', 'leaveRequest', 'drained'],
] as const;

export type Deed = (typeof DEEDS)[number];

export type Timed = Happening & { /** In seconds from the beginning. */ readonly at: number };

/** One application. */
export interface ClientPlan {
  readonly kind: 'feed' | 'pool';
  readonly heartbeat: 'frame' | 'text' | 'none';
  /** Milliseconds between its pings. */
  readonly interval: number;
  readonly login: 'none' | 'message' | 'header';
  readonly pace: 'none' | 'slow' | 'two';
  readonly outbox: {
    readonly capacity: number;
    readonly overflow: 'dropOldest' | 'dropNewest' | 'error';
    readonly maxAge: number;
  };
  readonly linger: number;
  /** What messages say of their topic: its key, the id of what asked for it, or the server's number. @default 'keys' */
  readonly topics?: 'keys' | 'ids' | 'channels';
  /** How many books it reads. */
  readonly books: number;
  /** Milliseconds between its messages, and between its requests. */
  readonly sends: number;
  readonly asks: number;
  readonly jitter: 'full' | 'equal' | 'decorrelated' | 'none';
  /** Of a pool. */
  readonly max: number;
  readonly keysPerConnection: number;
  readonly dials: boolean;
}

/** A world, all of it. */
export interface Plan {
  /** What its dice begin with. */
  readonly seed: number;
  readonly seconds: number;
  readonly servers: number;
  /** Milliseconds one way, at least and on top at most. */
  readonly latency: { readonly least: number; readonly spread: number };
  /** Servers ping, too. */
  readonly pings: boolean;
  readonly clients: readonly ClientPlan[];
  readonly happenings: readonly Timed[];
}

/** A world lasts so many seconds. */
const LONGEST = 3600;
const MOST_SERVERS = 3;
const MOST_CLIENTS = 6;

const server = fc.nat(MOST_SERVERS - 1);
const client = fc.nat(MOST_CLIENTS - 1);
const shortly = fc.constantFrom(1, 3, 8, 15, 25, 40, 70, 200);

const happening: Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('partition', 'slow', 'lossy'), server, for: shortly }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('reset', 'reset', 'narrow'), client }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('crash', 'powerOff', 'hang', 'deaf'), server, for: shortly }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('refuse'), server, for: shortly },
      ...{ status: fc.constantFrom(503, 503, 429, 500, 404, 403), after: fc.constantFrom(0, 0, 2, 20) },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('closeAll'), server },
      code: fc.constantFrom(1000, 1001, 1011, 1011, 1012, 1013, 4000, 4429, 1008, 4403),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('badFrame', 'gap', 'gap'), server }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire'), closes: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('step'), by: fc.constantFrom(-86_400, -3600, -5, 2, 3600, 86_400) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freeze'), for: fc.constantFrom(1, 2, 5, 20, 60, 300) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom(...DEEDS), client }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('burst', 'burstOnLink'), client, count: fc.constantFrom(3, 20, 60) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('pause', 'stop'), client, for: shortly }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnectPaused'), client, for: fc.constantFrom(1, 3, 8) }) },
);

/** Within some seconds of each other: faults come together. */
const close = fc.tuple(fc.nat(11), fc.nat(4000)).map(([group, after]) => group * 300_000 + after);

const timed: Arbitrary<Timed> = fc
  .tuple(fc.oneof(fc.nat(LONGEST * 1000), close), happening)
  .map(([at, what]) => ({ at: at / 1000, ...what }));

const clientPlan: Arbitrary<ClientPlan> = fc.record({
  kind: fc.constantFrom('feed', 'feed', 'pool'),
  heartbeat: fc.constantFrom('frame', 'frame', 'text', 'none'),
  interval: fc.constantFrom(60_000, 20_000, 60_000),
  login: fc.constantFrom('none', 'message', 'header'),
  pace: fc.constantFrom('none', 'none', 'slow', 'two'),
  outbox: fc.record({
    capacity: fc.constantFrom(1000, 1000, 10, 2, 0),
    overflow: fc.constantFrom('dropOldest', 'dropNewest', 'error'),
    maxAge: fc.constantFrom(Infinity, 30_000),
  }),
  linger: fc.constantFrom(0, 0, 3000),
  topics: fc.constantFrom('keys', 'keys', 'ids', 'channels', 'channels'),
  books: fc.integer({ min: 0, max: 6 }),
  sends: fc.constantFrom(60_000, 20_000, 300_000),
  asks: fc.constantFrom(90_000, 30_000, 300_000),
  jitter: fc.constantFrom('full', 'equal', 'decorrelated', 'none'),
  max: fc.integer({ min: 1, max: 4 }),
  keysPerConnection: fc.integer({ min: 1, max: 4 }),
  dials: fc.boolean(),
});

/** Any world. It shrinks to fewer happenings, clients and servers. */
export const plans: Arbitrary<Plan> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  seconds: fc.constantFrom(600, 1800, LONGEST, LONGEST),
  servers: fc.integer({ min: 1, max: MOST_SERVERS }),
  latency: fc.record({ least: fc.constantFrom(1, 10, 100), spread: fc.constantFrom(0, 30, 500) }),
  pings: fc.boolean(),
  clients: fc.array(clientPlan, { minLength: 1, maxLength: MOST_CLIENTS, size: 'max' }),
  happenings: fc.array(timed, { maxLength: 60, size: 'max' }),
});
