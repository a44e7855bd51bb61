import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { lengthOf } from '../../examples/ingest/feed-log.js';
import { HistoryChecker } from '../helpers/history/history-checker.js';
import { stepsIn } from '../helpers/history/history-files.js';

/** A folder for the history of a run of the example; it ends with the test. */
export async function historyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ingest-history-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/**
 * What is wrong with the history of a run, drawn; empty if nothing is. A feed sends again what it is asked for again, and
 * a process of an ingester may receive that; but it delivers each trade once, and so does the stream.
 */
export async function historyFaults(folder: string, messages: number, topics: number): Promise<string> {
  const checker = new HistoryChecker({ strict: ['delivered', 'stored'] });
  const files = (await readdir(folder)).map((name) => join(folder, name));
  let isGiven = false;
  for await (const step of stepsIn(files)) {
    if (!isGiven) give(checker, messages, topics, step.at);
    isGiven = true;
    checker.take(step);
  }
  checker.finish();
  return checker.describe();
}

/** All that the feed has, as it was from the start. */
function give(checker: HistoryChecker, messages: number, topics: number, at: number): void {
  for (let index = 0; index < topics; index++) {
    const n = lengthOf(index, topics, messages);
    checker.take({ stage: 'given', key: `topic-${index + 1}`, from: 1, n, place: 'log', at });
  }
}
