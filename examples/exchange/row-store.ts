import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Change } from './book.js';

/** A change of a book, or a snapshot of it, as a client has received it. */
export interface Row {
  readonly symbol: string;
  readonly isSnapshot: boolean;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
}

/** Rows in a stream of NATS JetStream. */
export class RowStore {
  /** How many rows are stored for certain. */
  stored = 0;
  readonly #nats: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #stream: string;

  private constructor(nats: NatsConnection, manager: JetStreamManager, stream: string) {
    this.#nats = nats;
    this.#manager = manager;
    this.#stream = stream;
  }

  static async open(port: number, stream: string): Promise<RowStore> {
    const nats = await connect({ port, noAsyncTraces: true });
    const manager = await jetstreamManager(nats);
    await manager.streams.add({ name: stream, subjects: [`${stream}.*`] });
    return new RowStore(nats, manager, stream);
  }

  /** Stores rows in their order. Rejects if it is not known whether all of them are stored. */
  async append(rows: readonly Row[]): Promise<void> {
    const js = this.#manager.jetstream();
    await Promise.all(rows.map((row) => js.publish(`${this.#stream}.${row.symbol}`, JSON.stringify(row))));
    this.stored += rows.length;
  }

  /** How many rows there are. */
  async size(): Promise<number> {
    return (await this.#manager.streams.info(this.#stream)).state.messages;
  }

  /** All rows in their stored order. */
  async *rows(): AsyncGenerator<Row> {
    let left = await this.size();
    if (!left) return;
    const consumer = await this.#manager.jetstream().consumers.get(this.#stream);
    for await (const message of await consumer.consume({ max_messages: 1000 })) {
      yield message.json<Row>();
      if (--left === 0) return;
    }
  }

  close(): Promise<void> {
    return this.#nats.close();
  }
}
