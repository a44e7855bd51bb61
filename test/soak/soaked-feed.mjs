import { once } from 'node:events';
import { Subscription } from 'rxjs';
import {
  doubtfulCloseCodes,
  fatalCloseCodes,
  heartbeat,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../dist/index.node.js';

/** No connection here is open for the 30 s that make one healthy, so that every broken frame would be fatal. */
const FINAL_CODES = [...fatalCloseCodes.standard].filter((code) => !doubtfulCloseCodes.has(code));

/** The feed answers every hundredth message, so that it sends all the time, with and without a connection. */
const ANSWER_EVERY = 100;

/** A supervised feed that checks its events and messages. */
export class SoakedFeed extends EventTarget {
  /** The number of events, by type. */
  counts = {};
  /** How often all subscribers unsubscribed. */
  unsubscribes = 0;
  /** The number of calls of `messages.next`. */
  nexts = 0;
  /** Messages with an unexpected number: lost, duplicated or out of order. */
  outOfOrder = 0;
  /** Whether it is open, and no fault is planned. */
  isCalm = false;
  connection;
  #plan;
  /** Aborted when the connection ends. */
  #open = new AbortController();
  #expected = 0;
  #subscription = new Subscription();

  constructor(server, workload, random) {
    super();
    const url = () => {
      this.#plan = workload.next();
      return `${server.url}/?${new URLSearchParams(this.#plan)}`;
    };
    this.connection = observeWebSocket(
      { url, connectTimeout: 2000, closeTimeout: 1000 },
      heartbeat({ interval: 500, timeout: 4000, random }),
      stopOnFatalClose({ codes: FINAL_CODES }),
      retryWithBackoff({ initialDelay: 4, maxDelay: 1000, resetAfter: 0, random }),
    );
    this.#subscribe();
  }

  /** Makes the server end this connection. The next ones have faults. */
  hangUp() {
    this.isCalm = false;
    this.#send('hang up');
  }

  /** @returns the milliseconds until the echo of the server; rejects if the connection ends before */
  async roundTrip() {
    const echoed = once(this, 'echo', { signal: this.#open.signal });
    const since = performance.now();
    this.#send({ echo: true });
    await echoed;
    return performance.now() - since;
  }

  #send(message) {
    this.nexts++;
    this.connection.messages.next(message);
  }

  #subscribe() {
    const { lifecycle, messages } = this.connection;
    this.#subscription = lifecycle.subscribe((event) => this.#count(event));
    this.#subscription.add(messages.subscribe((message) => this.#receive(message)));
  }

  #count({ type }) {
    this.counts[type] = (this.counts[type] ?? 0) + 1;
    if (type === 'reconnecting') this.#send({ queued: true });
    if (type === 'close') {
      this.isCalm = false;
      this.#open.abort();
    }
    if (type !== 'open') return;
    this.#open = new AbortController();
    this.#expected = 0;
    this.isCalm = this.#plan.fault === 'none';
    if (this.isCalm) this.dispatchEvent(new Event('calm'));
    this.#unsubscribeIfDue();
  }

  #receive({ n, echo }) {
    if (echo) this.dispatchEvent(new Event('echo'));
    if (n === undefined) return;
    if (n !== this.#expected++) this.outOfOrder++;
    if (n % ANSWER_EVERY === 0) this.#send({ answer: n });
    this.#unsubscribeIfDue();
  }

  #unsubscribeIfDue() {
    if (this.#plan.fault !== 'unsubscribe' || this.#expected < this.#plan.burst) return;
    this.unsubscribes++;
    this.#subscription.unsubscribe();
    this.#subscribe();
  }
}
