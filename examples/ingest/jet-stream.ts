import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager, PubAck } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { Observable } from 'rxjs';
import type { Ledger } from './ingest.js';
import type { Trade } from './trade.js';

const STREAM = 'TRADES';
const subjectOf = (topic: string) => `trades.${topic}`;

/** How long the server remembers message ids, in milliseconds. */
const DUPLICATE_WINDOW = 120_000;

/** A stream of NATS JetStream as a ledger. Any number of ingesters can write to it at once. */
export class JetStreamLedger implements Ledger<PubAck> {
  /** By topic: the last trade that is stored for certain, and its sequence in the stream. */
  readonly #last = new Map<string, { readonly n: number; readonly sequence: number }>();
  readonly #nats: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #isGuarded: boolean;

  private constructor(nats: NatsConnection, manager: JetStreamManager, isGuarded: boolean) {
    this.#nats = nats;
    this.#manager = manager;
    this.#isGuarded = isGuarded;
  }

  /** @param isGuarded false to show what happens without ids and sequences */
  static async open(port: number, isGuarded = true): Promise<JetStreamLedger> {
    const nats = await connect({ port, noAsyncTraces: true });
    const manager = await jetstreamManager(nats);
    await manager.streams.add({
      name: STREAM,
      subjects: [subjectOf('*')],
      duplicate_window: nanos(DUPLICATE_WINDOW),
    });
    return new JetStreamLedger(nats, manager, isGuarded);
  }

  /** The number of trades that are stored for certain. */
  get acknowledged(): number {
    return [...this.#last.values()].reduce((sum, { n }) => sum + n, 0);
  }

  /** The number of stored trades. */
  async size(): Promise<number> {
    return (await this.#manager.streams.info(STREAM)).state.messages;
  }

  async lastOf(topic: string): Promise<number> {
    const message = await this.#manager.streams.getMessage(STREAM, { last_by_subj: subjectOf(topic) });
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
    const payload = JSON.stringify(trade);
    const receipt = await this.#manager.jetstream().publish(subjectOf(topic), payload, this.#isGuarded ? guard : {});
    this.#last.set(topic, { n, sequence: receipt.seq });
    return receipt;
  }

  close(): Promise<void> {
    return this.#nats.close();
  }

  /** All trades in their stored order, future ones too. */
  get trades(): Observable<Trade> {
    return new Observable((subscriber) => {
      const reading = this.#manager
        .jetstream()
        .consumers.get(STREAM)
        .then((consumer) => consumer.consume({ callback: (message) => subscriber.next(message.json<Trade>()) }));
      reading.catch((error: unknown) => subscriber.error(error));
      return () => void reading.then((messages) => messages.close());
    });
  }
}
