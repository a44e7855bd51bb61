import { parseArgs } from 'node:util';

export interface Settings {
  readonly messages: number;
  readonly topics: number;
  readonly rate: number;
  readonly backlog: number;
  readonly rounds: number;
  readonly keep: number;
  readonly seed: string;
  readonly isGuarded: boolean;
  readonly mostMemory: number;
}

export const USAGE = `npm run ingest -- [options]

Runs a feed, two ingesters that copy it into NATS JetStream, and a reader that counts
missing and duplicated messages, while the feed and the ingesters are killed.

  --messages N    the total number of messages (200000)
  --topics N      the number of topics (2000)
  --rate N        messages per second (5000)
  --backlog N     messages that exist at the start (40 % of all)
  --rounds N      rounds of seven strikes with twelve kills in total (1)
  --keep N        messages that the feed keeps per topic (1000); with 1 it cannot repeat any
  --unguarded     publish without message ids and expected sequences
  --memory MIB    the most resident memory of an ingester (192)
  --seed TEXT     the seed of the strikes (random)
`;

/** @returns undefined if --help is given */
export function readSettings(args: string[]): Settings | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      messages: text,
      topics: text,
      rate: text,
      backlog: text,
      rounds: text,
      keep: text,
      memory: text,
      seed: text,
      unguarded: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;

  const number = (name: Exclude<keyof typeof values, 'help' | 'seed' | 'unguarded'>, otherwise: number, least = 1) => {
    const value = Number(values[name] ?? otherwise);
    if (Number.isInteger(value) && value >= least) return value;
    throw new RangeError(`Expected --${name} to be an integer of ${least} or more, got ${values[name]}.`);
  };
  const messages = number('messages', 200_000);
  return {
    messages,
    topics: number('topics', Math.min(2000, messages)),
    rate: number('rate', 5000),
    backlog: number('backlog', Math.floor(messages * 0.4), 0),
    rounds: number('rounds', 1, 0),
    keep: number('keep', 1000),
    mostMemory: number('memory', 192) * 1024 * 1024,
    isGuarded: !values.unguarded,
    seed: values.seed ?? Math.random().toString(36).slice(2, 8),
  };
}
