import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Trade } from './trade.js';

/** Where messages pass. */
export type Stage = 'given' | 'sent' | 'received' | 'delivered' | 'stored';

/** A message of a key at a stage. */
export interface Passage {
  readonly stage: Stage;
  readonly key: string;
  readonly n: number;
  /** The process, connection or store where that is. */
  readonly place: string;
  /** It stands for all messages up to its number. */
  readonly isSnapshot?: boolean;
}

/**
 * Records where messages pass, a line each. It writes at once: the process may be killed. Times are those of the machine, and
 * the same in all processes. The dot says that a line is whole.
 */
export function historyFile(path: string): (passage: Passage) => void {
  const file = openSync(path, 'a');
  return ({ stage, key, n, place, isSnapshot = false }) => {
    const fields = [stage, key, n, process.hrtime.bigint(), place, ...(isSnapshot ? ['snapshot'] : [])];
    writeSync(file, `${fields.join('\t')}.\n`);
  };
}

/** Records where trades pass, each process in a file of its own, if the environment variable INGEST_HISTORY names a folder. */
export function historyLog(program: string): (stage: Stage, trade: Trade) => void {
  const folder = process.env.INGEST_HISTORY;
  if (folder === undefined) return () => undefined;
  const place = `${program}-${process.pid}`;
  const record = historyFile(join(folder, place));
  return (stage, { topic, n }) => record({ stage, key: topic, n, place });
}
