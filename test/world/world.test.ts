import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planOf } from './check.js';
import { library } from './library.js';
import type { Plan } from './plan.js';
import { playWorld } from './play.js';

/** A world in which something was wrong once. */
interface Failure {
  /** What was wrong. */
  readonly what: string;
  readonly plan: Plan;
}

const corpus = JSON.parse(readFileSync(new URL('corpus.json', import.meta.url), 'utf8')) as readonly Failure[];

describe('A world', () => {
  it.each(corpus.map(({ what, plan }) => [what, plan] as const))('is well, where once %s', async (_, plan) => {
    expect((await playWorld(library, withInfinity(plan))).complaints).toEqual([]);
  });

  it('is the same whenever it is played', async () => {
    const once = await playWorld(library, planOf(5), true);
    const again = await playWorld(library, planOf(5), true);

    expect(once.trace.length).toBeGreaterThan(200);
    expect(again.trace).toEqual(once.trace);
  });

  it('has ends of many kinds, handovers, refreshes and gaps in it', async () => {
    const traces: string[] = [];
    for (let seed = 1; seed <= 60; seed++) traces.push(...(await playWorld(library, planOf(seed), true)).trace);
    const all = traces.join('\n');

    const codes = [1000, 1001, 1006, 1011, 1012, 1013, 4000, 4401, 4429].map((code) => `"code":${code}`);
    const errors = ['HandshakeError', 'ConnectTimeoutError', 'HeartbeatTimeoutError', 'is failed'];
    const missing = [...codes, ...errors, '"rejected"', '"pause"', '"dropped"'].filter((what) => !all.includes(what));
    expect(missing).toEqual([]);
  });
});

/** JSON has no Infinity. */
function withInfinity(plan: Plan): Plan {
  const clients = plan.clients.map((client) => ({
    ...client,
    outbox: { ...client.outbox, maxAge: (client.outbox.maxAge as number | null) ?? Infinity },
  }));
  return { ...plan, clients };
}
