import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { compareSteps } from './check-history.js';
import { STAGES } from './history.js';
import type { Stage, Step } from './history.js';

/**
 * The steps that processes have recorded, each in a file of its own and in the order of time, merged by time: lines of
 * stage, key, number, nanoseconds, place, and `snapshot` if it is one. Of each file it holds one line.
 */
export async function* stepsIn(files: readonly string[]): AsyncGenerator<Step> {
  const sources = files.map((file) => linesOf(file));
  const heads = await Promise.all(sources.map(async (source) => ({ source, step: await nextOf(source) })));
  for (;;) {
    const rest = heads.filter((head): head is { source: Lines; step: Step } => head.step !== undefined);
    const [first, ...others] = rest;
    if (!first) return;
    const earliest = others.reduce((one, other) => (compareSteps(other.step, one.step) < 0 ? other : one), first);
    yield earliest.step;
    earliest.step = (await nextOf(earliest.source))!;
  }
}

type Lines = AsyncGenerator<Step, undefined>;

const nextOf = async (source: Lines): Promise<Step | undefined> => (await source.next()).value;

/** A killed process may have left half a line, which has no end. */
async function* linesOf(file: string): Lines {
  const stream = createReadStream(file, 'utf8');
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    const step = line.endsWith('.') ? stepOf(line.slice(0, -1)) : undefined;
    if (step) yield step;
  }
  return undefined;
}

function stepOf(line: string): Step | undefined {
  const [stage, key, n, at, place, snapshot] = line.split('\t') as [Stage, string, string, string, string, string?];
  if (!STAGES.includes(stage)) return undefined;
  const step: Step = { stage, key, n: Number(n), place, at: Number(BigInt(at) / 1000n) / 1000 };
  return snapshot ? { ...step, isSnapshot: true } : step;
}
