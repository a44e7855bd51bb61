// npm run test:mutation [-- [--only ID,ID] [--files TEST,TEST] [--write]]
//
// Changes one small thing at a time in the sources, and asks whether a test in virtual time notices.
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { tryAtLoad } from './at-load.mjs';
import { instrument } from './instrument.mjs';
import { writePage } from './page.mjs';
import { runShard } from './processes.mjs';
import { changeOf, forgetTests, isNoticed, verdicts } from './verdicts.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string' }, // the ids of the mutants
    files: { type: 'string', default: '' }, // as vitest takes them
    write: { type: 'boolean', default: false }, // docs/mutation-testing.md
  },
});
const files = values.files.split(',').filter(Boolean);
const asked = values.only && new Set(values.only.split(','));
const isAsked = ({ id }) => !asked || asked.has(id);
const shards = asked ? 1 : availableParallelism();
const inShards = (work) => Promise.all(Array.from({ length: shards }, (_, shard) => work(shard)));

/** @param limits milliseconds of the slowest test, and how many tests may try one mutant */
async function pass(ids, [slowest, tries]) {
  const env = { MUTATION_SLOWEST: slowest, MUTATION_TRIES: tries, MUTATION_ONLY: ids.join() };
  await inShards((shard) => runShard(shard, { ...env, MUTATION_SHARD: `${shard}/${shards}` }, files));
  forgetTests();
  console.log(countsOf(verdicts().filter(isAsked)));
}

function countsOf(mutants) {
  const counts = {};
  for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

rmSync('.mutation', { recursive: true, force: true });
await instrument();
if (asked) await pass([...asked], [1000, Infinity]);
else {
  // Quick tests notice nearly everything: what is left is tried with all of them.
  await pass([], [80, 100]);
  await pass(
    verdicts().flatMap((mutant) => (isNoticed(mutant) ? [] : mutant.id)),
    [1000, Infinity],
  );
}
const atLoad = verdicts().filter((mutant) => mutant.status === 'static' && isAsked(mutant));
console.log(`${atLoad.length} act only while files are loaded.`);
await inShards((shard) => tryAtLoad(shard, shards, atLoad, files));

const mutants = verdicts().filter(isAsked);
console.log(countsOf(mutants));
for (const mutant of mutants) {
  if (asked || !isNoticed(mutant))
    console.log(`${mutant.id} ${mutant.file}:${mutant.location.start.line + 1} ${mutant.status}: ${changeOf(mutant)}`);
}
if (values.write) await writePage(mutants);
