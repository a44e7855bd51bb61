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

A feed, two ingesters that copy it into NATS JetStream, and a reader that counts what
is missing there and what is there twice, while feed and ingesters are killed.

  --messages N    how many messages the feed sends in all (200000)
  --topics N      in how many topics (2000)
  --rate N        how many in a second (5000) …
  --backlog N     … and how many before anybody listens (40 % of all)
  --rounds N      how many rounds of seven strikes, which are twelve kills (1)
  --keep N        how many messages of a topic the feed can send again (1000); 1 is none
  --unguarded     publish without message ids and expected sequences
  --memory MIB    how much resident memory an ingester may have (192)
  --seed TEXT     what the strikes are rolled from (random)
`;

/** @returns undefined where the usage was asked for */
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
