import { timer } from 'rxjs';
import { multiplex } from '../../src/index.node.js';
import type { Answer, MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { retriedFeed } from './feeds.js';
import type { Tick } from './feeds.js';

/** Answers are what has an `answer`; all else are messages, by key. */
const answerOf = (message: Tick) => message.answer as Answer<string> | Answer<string>[] | undefined;

export const answerOptions: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key, id) => ({ sub: key, id }),
  unsubscribe: (key, id) => ({ unsub: key, id }),
  answerOf,
};

/** What a server says, one script a connection, and what the topics of some keys make of it. */
export function hear(
  scripts: string[],
  values: Record<string, object>,
  { keys = 'ab', options: some = {}, until = 30 }: { keys?: string; options?: object; until?: number } = {},
) {
  let result: { logs: Record<string, string[]>; sent: string[]; events: string[] } | undefined;
  inVirtualTime(({ cold, flush }) => {
    const server = scriptedServer(cold, scripts, values);
    const feed = retriedFeed(server.transport);
    const events = record(feed.lifecycle, brief, timer(until));
    const topics = multiplex(feed, { ...answerOptions, ...some });
    const sent = record(server.sent);
    const logs = Object.fromEntries(
      [...keys].map((key) => [key, record(topics(key), ({ n }) => String(n), timer(until))]),
    );
    flush();
    result = { logs, sent, events };
  });
  return result!;
}

/** A message of a topic. */
export const tick = (key: string, n: number) => ({ key, n });
/** A message with what the server says to one question or several. */
export const answer = (...answers: Answer<string>[]) => ({ answer: answers.length === 1 ? answers[0] : answers });
