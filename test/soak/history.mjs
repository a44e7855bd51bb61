import { HistoryChecker } from './history-checker.mjs';

/** What a fault lets arrive before it, if the connection did not end by something else. */
const WHOLE = new Set(['close', 'gibberish', 'badFrame']);
/** A connection that was reset or dropped; what was on its way is gone. */
const ABNORMAL = 1006;

/** Milliseconds by a clock that the server has as well. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/** What is found in both directions. */
export class History {
  /** Bursts of the server, apart for each connection, which is forgotten when it ends. */
  down = new HistoryChecker({ stages: ['given', 'sent', 'received', 'delivered'] }, { keep: 16 });
  /** Messages of a feed, which the server echoes. */
  up = new HistoryChecker({ stages: ['given', 'received', 'delivered'] });

  /** @returns the number of messages that are lost, doubled, reordered or early */
  get findings() {
    return [this.down, this.up].flatMap(({ counts }) => [...counts.values()]).reduce((sum, count) => sum + count, 0);
  }

  finish() {
    for (const checker of [this.down, this.up]) checker.finish(true);
  }

  /** What is found, drawn; empty if there is nothing. */
  describe() {
    return [this.down, this.up]
      .map((checker) => checker.describe())
      .join('\n\n')
      .trim();
  }
}

/** Where the messages of a feed pass. */
export class FeedHistory {
  #history;
  #name;
  #connections = 0;
  #plan;
  #plannedAt = 0;
  /** The number of messages that were given to be sent, and of the last one that was echoed. */
  #given = 0;
  #echoed = 0;

  constructor(history, name) {
    this.#history = history;
    this.#name = name;
  }

  plan(plan) {
    this.#plan = plan;
    this.#plannedAt = now();
  }

  open() {
    const { burst } = this.#plan;
    this.#connections++;
    if (burst > 0) this.#takeDown('given', { n: burst, from: 1, at: this.#plannedAt });
  }

  /** A message of the burst has been decoded. It says when it was sent. */
  receive(n, sentAt) {
    this.#takeDown('sent', { n: n + 1, at: sentAt });
    this.#takeDown('received', { n: n + 1, at: now() });
  }

  deliver(n) {
    this.#takeDown('delivered', { n: n + 1, at: now() });
  }

  /** @returns the number of a message that is to be sent */
  give() {
    this.#takeUp('given', ++this.#given, now());
    return this.#given;
  }

  echo(n, receivedAt) {
    this.#takeUp('received', n, receivedAt);
    this.#takeUp('delivered', n, now());
    this.#echoed = Math.max(this.#echoed, n);
  }

  /**
   * A connection has ended.
   *
   * @param code of the close; undefined where all subscribers have unsubscribed
   * @param queued how many messages wait for the next connection
   */
  close(code, queued) {
    const isWhole = WHOLE.has(this.#plan.fault) && code !== undefined && code !== ABNORMAL;
    this.#history.down.end(this.#connection, !isWhole);
    this.settle(queued);
  }

  /** What was on its way to the server, or dropped, may be lost; what waits may not. */
  settle(queued) {
    this.#history.up.excuse(this.#name, this.#echoed + 1, this.#given - queued);
  }

  get #connection() {
    return `${this.#name}, connection ${this.#connections}`;
  }

  #takeDown(stage, passage) {
    this.#history.down.take({ stage, key: this.#connection, place: placeOf[stage], ...passage });
  }

  #takeUp(stage, n, at) {
    this.#history.up.take({ stage, key: this.#name, place: stage === 'received' ? 'server' : 'feed', n, at });
  }
}

const placeOf = { given: 'server', sent: 'server', received: 'feed', delivered: 'feed' };
