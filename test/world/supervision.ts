import { defer, EMPTY, map, tap, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Link, Supervision, WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';
import type { Exchange } from './exchange.js';
import type { Ledger } from './ledger.js';
import type { Library } from './library.js';
import type { Machine } from './machine.js';
import type { Network } from './network.js';
import type { Limit } from './pace-check.js';
import type { ClientPlan } from './plan.js';
import type { Received, Sent } from './session.js';
import type { Watch, WatchedRules } from './watch.js';

/** What the applications of a world stand on. */
export interface Surroundings {
  readonly library: Library;
  readonly machine: Machine;
  readonly network: Network;
  readonly exchange: Exchange;
  readonly servers: number;
  /** Whether servers ping. */
  readonly pings: boolean;
}

const REFRESH = 2000;
/** A pool that logs in asks for its addresses, which takes up to so many milliseconds. */
const SLOWEST_ADDRESS = 8000;
const HEARTBEAT_TIMEOUT = 10_000;
const LOGIN_TIMEOUT = 10_000;

/** The paces by name. */
const PACES: Readonly<Record<ClientPlan['pace'], readonly Limit[]>> = {
  none: [],
  slow: [{ messages: 3, per: 2000 }],
  two: [
    { messages: 5, per: 1000 },
    { messages: 60, per: 60_000 },
  ],
};

export function rulesFor(plan: ClientPlan): WatchedRules {
  const turn = plan.kind === 'pool' ? 600_000 : 0; // a connection of a pool may wait for its turn
  // A ping of text counts under a pace, and may have to wait for a whole window of it.
  const wait = plan.heartbeat === 'text' ? Math.max(0, ...PACES[plan.pace].map(({ per }) => per)) : 0;
  return {
    paces: PACES[plan.pace],
    isInOrder: plan.kind === 'feed',
    mostKeys: plan.kind === 'pool' ? plan.keysPerConnection : Infinity,
    longest: {
      connecting: 10_000 + LOGIN_TIMEOUT + 15_000,
      reconnecting: 1500 + turn,
      closing: 8000,
      closed: 35_000 + turn,
    },
    noticedWithin: (plan.interval + HEARTBEAT_TIMEOUT) * (plan.heartbeat === 'none' ? 2 : 1) + wait + 15_000,
  };
}

/** Makes the connections of one application. */
export class Maker {
  readonly #plan: ClientPlan;
  readonly #around: Surroundings;
  readonly #ledger: Ledger;
  readonly #roll: () => number;
  #token: string;

  constructor(plan: ClientPlan, around: Surroundings, ledger: Ledger, roll: () => number) {
    this.#plan = plan;
    this.#around = around;
    this.#ledger = ledger;
    this.#roll = roll;
    this.#token = around.exchange.token;
  }

  make(watch: Watch, first: number): WebSocketConnection<Received, Sent> {
    const { library, machine, network, servers } = this.#around;
    const { login, outbox, linger, pace } = this.#plan;
    const config: WebSocketConfig<Received, Sent> = {
      url: ({ failures }) => this.#late(`ws://server${(first + failures) % servers}.example/`),
      ...(login === 'header' && { headers: () => ({ token: this.#token }) }),
      ...{ outbox: outbox, linger, scheduler: machine, transport: network.transportFor(watch) },
      pace: PACES[pace].map(({ messages, per }) => library.atMost(messages, per)),
    };
    const connection = library.createConnection<Received, Sent>(config, this.#supervision(watch), config.transport!);
    watch.watch(connection);
    return connection;
  }

  /** Attempts do not reach their servers in the order in which they have begun. */
  #late(url: string): string | Observable<string> {
    const { kind, login } = this.#plan;
    if (kind === 'feed' || login === 'none') return url;
    return timer(Math.floor(this.#roll() * SLOWEST_ADDRESS), this.#around.machine).pipe(map(() => url));
  }

  #supervision(watch: Watch): Supervision[] {
    const { library, machine: scheduler } = this.#around;
    const random = this.#roll;
    return [
      library.onOpen<Received, Sent>((link) => {
        watch.opened(link);
        return this.#plan.login === 'message' ? this.#logIn(link) : EMPTY;
      }),
      library.heartbeat({ ...this.#heartbeat(), scheduler, random }),
      library.refreshOnUnauthorized(this.#refresh, { scheduler }),
      library.stopOnFatalClose(),
      library.retryWithBackoff({ jitter: this.#plan.jitter, scheduler, random }),
    ];
  }

  readonly #refresh = () => {
    const { machine, exchange } = this.#around;
    return timer(REFRESH, machine).pipe(tap(() => (this.#token = exchange.token)));
  };

  #heartbeat(): Parameters<Library['heartbeat']>[0] & object {
    const { heartbeat, interval } = this.#plan;
    // Where servers say nothing by themselves, a watchdog ends what is well.
    const times = { interval, timeout: HEARTBEAT_TIMEOUT };
    if (heartbeat !== 'text') return { ...times, ping: this.#around.pings ? heartbeat : 'frame' };
    const ping = () => JSON.stringify({ t: 'ping', n: this.#ledger.give() });
    return { ...times, ping, isReply: (data) => data === 'pong' };
  }

  #logIn(link: Link<Received, Sent>): Observable<unknown> {
    const { library, machine: scheduler } = this.#around;
    const request = library.requestResponse(link, {
      ...{ idOf: ({ id }) => id, nextId: () => -1, timeout: LOGIN_TIMEOUT, scheduler },
    });
    return counted(this.#ledger, (n) => request((id) => ({ t: 'login', id, token: this.#token, n })));
  }
}

/** A request whose end is put down in the books. */
export function counted<T>(ledger: Ledger, request: (n: number) => Observable<T>): Observable<T> {
  return defer(() => {
    const n = ledger.give();
    let isOver = false;
    const end = (error?: unknown) => {
      if (!isOver) ledger.ended(n, error);
      isOver = true;
    };
    ledger.promise(n, 'request');
    return request(n).pipe(tap({ error: end, complete: () => end(), finalize: () => end() }));
  });
}
