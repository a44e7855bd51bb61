import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { before, describe, it } from 'node:test';
import { loadAdapter, runAll, runScenario, scenarios } from '../index.mjs';

const adapterWith = async (defect) => {
  const adapter = await loadAdapter(fileURLToPath(new URL('fixtures/defective-adapter.mjs', import.meta.url)));
  return { ...adapter, env: { DEFECTS: defect } };
};

/** A defect, a scenario that meets it, and what has to be found. */
const planted = [
  ['loses', 'reset', 'lost messages'],
  ['doubles', 'reset', 'doubled messages'],
  ['reorders', 'reset', 'reordered messages'],
  ['loses what is sent', 'sent-offline', 'lost messages'],
  ['is deaf to silence', 'half-open', 'never noticed'],
  ['hurries', 'flapping', 'attempts without a pause'],
  ['loops', '401', 'did not stop'],
  ['loops', 'always-4401', 'did not stop'],
  ['gives up', 'close-1000', 'stopped'],
  ['crashes', 'stalled', 'crashed'],
  ['leaves a timer', 'reset', 'left what keeps the process'],
  ['leaves a connection', 'reset', 'left a connection'],
  ['is impatient', 'quiet', 'ended a live connection'],
  ['has two connections', 'restart', 'two connections'],
  ['reads too much', 'flood', 'too much: messages that wait'],
  ['comes back after its close', 'closed-while-waiting', 'connected after its close'],
  ['ignores Retry-After', 'herd-429', 'too much: attempts while refused'],
  ['takes its upload for silence', 'slow-uplink', 'ended a live connection'],
  ['is deaf behind a long message', 'oversized', 'too little: messages behind it'],
  ['takes any extension', 'extension', 'too much: connections with it'],
  ['knows one address', 'dead-address', 'never connected'],
  ['trusts anyone', 'certificate', 'too much: connections'],
  ['gives up on a name', 'late-name', 'stopped'],
  ['keeps what waits', 'outbox', 'too much: messages that waited'],
];

describe('what is planted is found', { concurrency: 6 }, () => {
  for (const [defect, id, finding] of planted)
    it(`a client that ${defect}, in ${id}: ${finding}`, async () => {
      const scenario = scenarios.find((one) => one.id === id);

      const { findings } = await runScenario(await adapterWith(defect), scenario);

      assert.ok(findings.includes(finding), `found: ${findings.join(', ') || 'nothing'}`);
    });
});

describe('a client without defects', () => {
  let results;
  before(async () => {
    results = await runAll(
      await adapterWith(''),
      scenarios.filter(({ isLong }) => !isLong),
    );
  });

  it('is clean in every scenario', () => {
    const found = results.filter(({ findings }) => findings.length > 0);

    assert.deepEqual(Object.fromEntries(found.map(({ scenario, findings }) => [scenario.id, findings])), {});
  });
});
