import type { PubAck } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Ledger } from './ingest.js';
import { Stream } from './stream.js';
import type { Trade } from './trade.js';

const subjectOf = (topic: string) => `trades.${topic}`;

/** How long the server remembers message ids, in milliseconds. */
const DUPLICATE_WINDOW = 120_000;

/** A stream of NATS JetStream as a ledger. Any number of ingesters can write to it at once. */
export class JetStreamLedger implements Ledger<PubAck> {
  /** By topic: the last trade that is stored for certain, and its sequence in the stream. */
  readonly #last = new Map<string, { readonly n: number; readonly sequence: number }>();
  readonly #stream: Stream;
  readonly #isGuarded: boolean;

  private constructor(stream: Stream, isGuarded: boolean) {
    this.#stream = stream;
    this.#isGuarded = isGuarded;
  }

  /** @param isGuarded false to show what happens without ids and sequences */
  static async open(port: number, isGuarded = true): Promise<JetStreamLedger> {
    const stream = await Stream.open(port, {
      name: 'TRADES',
      subjects: [subjectOf('*')],
      duplicate_window: nanos(DUPLICATE_WINDOW),
    });
    return new JetStreamLedger(stream, isGuarded);
  }

  /** The number of trades that are stored for certain. */
  get acknowledged(): number {
    return [...this.#last.values()].reduce((sum, { n }) => sum + n, 0);
  }

  /** The number of stored trades. */
  size(): Promise<number> {
    return this.#stream.size();
  }

  async lastOf(topic: string): Promise<number> {
    const message = await this.#stream.lastOf(subjectOf(topic));
    const n = message?.json<Trade>().n ?? 0;
    this.#last.set(topic, { n, sequence: message?.seq ?? 0 });
    return n;
  }

  /**
   * The id drops a trade that another ingester stored within the duplicate window. The expected sequence covers the other
   * cases: a trade that comes later, or whose predecessor was lost, is refused.
   */
  async append(trade: Trade): Promise<PubAck> {
    const { topic, n } = trade;
    const { n: before, sequence } = this.#last.get(topic)!;
    if (n > before + 1) console.error(`${topic}: the feed does not have ${before + 1} to ${n - 1}.`);
    const guard = { msgID: `${topic}/${n}`, expect: { lastSubjectSequence: sequence } };
    const receipt = await this.#stream.publish(subjectOf(topic), trade, this.#isGuarded ? guard : {});
    this.#last.set(topic, { n, sequence: receipt.seq });
    return receipt;
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  /** All trades in their stored order, future ones too. */
  get trades(): Observable<Trade> {
    return this.#stream.messages.pipe(map((message) => message.json<Trade>()));
  }
}
