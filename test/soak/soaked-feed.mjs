import { once } from 'node:events';
import { Subscription } from 'rxjs';
import { heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../../dist/index.node.js';

/** One in so many messages is answered, so that something is sent all the time, on open connections and on none. */
const ANSWER_EVERY = 100;

/** A supervised feed that checks what it is told. */
export class SoakedFeed extends EventTarget {
  /** How often each event was told. */
  counts = {};
  /** How often all its subscribers left. */
  leaves = 0;
  /** What was given to `messages.next`. */
  nexts = 0;
  /** Messages that were not the next ones of their connection: lost, doubled or out of order. */
  outOfOrder = 0;
  /** Whether it is open, and the server leaves it in peace. */
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
      stopOnFatalClose(),
      retryWithBackoff({ initialDelay: 4, maxDelay: 1000, resetAfter: 0, random }),
    );
    this.#join();
  }

  /** The server ends this connection; those that follow are not calm. */
  hangUp() {
    this.isCalm = false;
    this.#send('hang up');
  }

  /** @returns milliseconds until the server's echo is there; rejects if the connection ends before */
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

  #join() {
    const { lifecycle, messages } = this.connection;
    this.#subscription = lifecycle.subscribe((event) => this.#follow(event));
    this.#subscription.add(messages.subscribe((message) => this.#receive(message)));
  }

  #follow({ type }) {
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
    this.#leaveIfDue();
  }

  #receive({ n, echo }) {
    if (echo) this.dispatchEvent(new Event('echo'));
    if (n === undefined) return;
    if (n !== this.#expected++) this.outOfOrder++;
    if (n % ANSWER_EVERY === 0) this.#send({ answer: n });
    this.#leaveIfDue();
  }

  #leaveIfDue() {
    if (this.#plan.fault !== 'leave' || this.#expected < this.#plan.burst) return;
    this.leaves++;
    this.#subscription.unsubscribe();
    this.#join();
  }
}
