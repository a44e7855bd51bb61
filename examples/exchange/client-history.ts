import type { Codec } from 'rxwire';
import { historyFile } from '../ingest/history-log.js';
import type { ClientOptions } from './client-program.js';
import { codecThat } from './messages.js';
import type { Command, Message } from './messages.js';
import type { Row } from './row-store.js';
import { rowSpoiler } from './spoil-rows.js';

/** Records which changes and snapshots a client receives, and which of them it delivers as rows. */
export class ClientHistory {
  /** How many rows there were. */
  delivered = 0;
  /** Spoils rows, if that is wanted. */
  readonly spoil: (rows: readonly Row[]) => readonly Row[];
  readonly #record: ReturnType<typeof historyFile>;
  #connections = 0;

  constructor({ historyFile: path, spoilsRows }: ClientOptions) {
    this.#record = path === undefined ? () => undefined : historyFile(path);
    this.spoil = spoilsRows ? rowSpoiler() : (rows) => rows;
  }

  /** Makes a codec for each connection, which has channels of its own. */
  readonly codec = (): Codec<Message, Command> => {
    const place = `client's connection ${++this.#connections}`;
    const symbols = new Map<number, string>();
    return codecThat(({ event, symbol, channel = -1, number: n }) => {
      if (event === 'subscribed' && symbol !== undefined) symbols.set(channel, symbol);
      const key = symbol ?? symbols.get(channel);
      if (key === undefined || (event !== 'delta' && event !== 'snapshot')) return;
      this.#record({ stage: 'received', key, n, place, isSnapshot: event === 'snapshot' });
    });
  };

  deliver(row: Row): Row {
    const { symbol: key, to: n, isSnapshot } = row;
    this.delivered++;
    this.#record({ stage: 'delivered', key, n, place: 'client', isSnapshot });
    return row;
  }
}
