import { appendFileSync } from 'node:fs';
import { ended, vitest } from './processes.mjs';

/** No tests take longer in a process of their own: the mutant never ends. */
const PATIENCE = 300_000;

/** The tests that may notice a mutant that acts while files are loaded: those of its folder first, which are quick. */
function testsFor({ file }) {
  const own = `test/${file.replace(/^src\//, '').split('/')[0]}/`;
  return [
    [own],
    ['test/operators/', 'test/connection/', 'test/sessions/', 'test/testing/'].filter((other) => other !== own),
  ];
}

/** Tries mutants that act while files are loaded, each in processes of its own. */
export async function tryAtLoad(shard, shards, mutants, files) {
  for (const mutant of mutants.filter((_, index) => index % shards === shard)) {
    const env = { MUTATION_SHARD: `${shard}/${shards}`, __STRYKER_ACTIVE_MUTANT__: mutant.id };
    let status = 'survived';
    for (const tests of files.length > 0 ? [files] : testsFor(mutant)) {
      if (status === 'survived') status = await statusOf(vitest(tests, env));
    }
    appendFileSync('.mutation/at-load.jsonl', `${JSON.stringify({ mutant: mutant.id, status })}\n`);
  }
}

async function statusOf(child) {
  const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), PATIENCE);
  const code = await ended(child);
  clearTimeout(late);
  return code === null ? 'timeout' : code === 0 ? 'survived' : 'killed';
}
