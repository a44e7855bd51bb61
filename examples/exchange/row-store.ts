import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { Stream } from '../ingest/stream.js';
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
  readonly #name: string;
  readonly #stream: Stream;
  readonly #spoil: (rows: readonly Row[]) => readonly Row[];

  private constructor(name: string, stream: Stream, spoil: (rows: readonly Row[]) => readonly Row[]) {
    this.#name = name;
    this.#stream = stream;
    this.#spoil = spoil;
  }

  /** @param spoil what is stored in place of rows, to show what is found then */
  static async open(
    port: number,
    name: string,
    spoil: (rows: readonly Row[]) => readonly Row[] = (rows) => rows,
  ): Promise<RowStore> {
    return new RowStore(name, await Stream.open(port, { name, subjects: [`${name}.*`] }), spoil);
  }

  /** Stores rows in their order. Rejects if it is not known whether all of them are stored. */
  async append(rows: readonly Row[]): Promise<void> {
    await Promise.all(this.#spoil(rows).map((row) => this.#stream.publish(`${this.#name}.${row.symbol}`, row)));
    this.stored += rows.length;
  }

  /** How many rows there are. */
  size(): Promise<number> {
    return this.#stream.size();
  }

  /** All rows in their stored order. */
  async *rows(): AsyncGenerator<Row> {
    for await (const message of this.#stream.stored()) yield message.json<Row>();
  }

  /** All rows in their stored order, future ones too. */
  get news(): Observable<Row> {
    return this.#stream.messages.pipe(map((message) => message.json<Row>()));
  }

  close(): Promise<void> {
    return this.#stream.close();
  }
}
