import { once } from 'node:events';
import { Subscription } from 'rxjs';
import {
  doubtfulCloseCodes,
  fatalCloseCodes,
  heartbeat,
  json,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../dist/index.node.js';
import { FeedHistory } from './history.mjs';
import { plantFaults } from './planted.mjs';

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
  #history;
  #pass;
  #deliver;
  #subscription = new Subscription();

  /** @param plants whether it does wrong what the history is to find */
  constructor(server, workload, random, history, name, plants = false) {
    super();
    this.#history = new FeedHistory(history, name);
    this.#pass = (message) => this.connection.messages.next(message);
    this.#deliver = (message) => this.#receive(message);
    if (plants) this.#plant();
    const { encode, decode } = json();
    const codec = {
      encode,
      decode: (data) => {
        const message = decode(data);
        if (message.n !== undefined) this.#history.receive(message.n, message.at);
        return message;
      },
    };
    const url = () => {
      this.#plan = workload.next();
      this.#history.plan(this.#plan);
      return `${server.url}/?${new URLSearchParams(this.#plan)}`;
    };
    this.connection = observeWebSocket(
      { url, codec, connectTimeout: 2000, closeTimeout: 1000 },
      heartbeat({ interval: 500, timeout: 4000, random }),
      stopOnFatalClose({ codes: FINAL_CODES }),
      retryWithBackoff({ initialDelay: 4, maxDelay: 1000, resetAfter: 0, random }),
    );
    this.#subscribe();
  }

  /** Makes the server end this connection. The next ones have faults. */
  hangUp() {
    this.isCalm = false;
    this.#send({ hangUp: true });
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
    this.#pass({ ...message, up: this.#history.give() });
  }

  /** Not in what others wait for: an echo, a hang-up, the end of a burst. */
  #plant() {
    const [pass, deliver] = [this.#pass, this.#deliver];
    const [spoilPass, spoilDelivery] = [plantFaults(10, pass), plantFaults(1000, deliver)];
    this.#pass = (message) => (message.answer === undefined ? pass : spoilPass)(message);
    this.#deliver = (message) =>
      (message.n === undefined || this.#plan.fault === 'unsubscribe' ? deliver : spoilDelivery)(message);
  }

  #subscribe() {
    const { lifecycle, messages } = this.connection;
    this.#subscription = lifecycle.subscribe((event) => this.#count(event));
    this.#subscription.add(messages.subscribe((message) => this.#deliver(message)));
  }

  #count({ type, code }) {
    this.counts[type] = (this.counts[type] ?? 0) + 1;
    if (type === 'reconnecting') this.#send({ queued: true });
    if (type === 'dropped') this.#history.settle(this.connection.stats.queued);
    if (type === 'close') {
      this.isCalm = false;
      this.#open.abort();
      this.#history.close(code, this.connection.stats.queued);
    }
    if (type !== 'open') return;
    this.#history.open();
    this.#open = new AbortController();
    this.#expected = 0;
    this.isCalm = this.#plan.fault === 'none';
    if (this.isCalm) this.dispatchEvent(new Event('calm'));
    this.#unsubscribeIfDue();
  }

  #receive({ n, echo, up, at }) {
    if (up !== undefined) this.#history.echo(up, at);
    if (echo) this.dispatchEvent(new Event('echo'));
    if (n === undefined) return;
    this.#history.deliver(n);
    if (n !== this.#expected++) this.outOfOrder++;
    if (n % ANSWER_EVERY === 0) this.#send({ answer: n });
    this.#unsubscribeIfDue();
  }

  #unsubscribeIfDue() {
    if (this.#plan.fault !== 'unsubscribe' || this.#expected < this.#plan.burst) return;
    this.unsubscribes++;
    this.#subscription.unsubscribe();
    this.#history.close(undefined, this.connection.stats.queued);
    this.#subscribe();
  }
}
