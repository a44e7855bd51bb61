import { Clock } from '../client/clock.mjs';
import { factsOf } from './facts.mjs';
import { judge, surprises } from './judge.mjs';
import { Trial } from './trial.mjs';

/**
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} group
 * @property {string} title what happens, in a sentence
 * @property {import('./judge.mjs').Requirements} requires
 * @property {true} [isLong] left out of the short form
 * @property {true} [needsClock] the client's wall clock is set
 * @property {true} [isSecure] the server has TLS, with a certificate that nobody has signed
 * @property {(adapter: import('./adapter.mjs').Adapter) => string | false | undefined | Promise<string | false | undefined>} [lacks]
 *   why it cannot be run here, or with this client
 * @property {true} [isHeavy] it keeps the machine busy, and is played when the others are over
 * @property {true} [closesItself] the user closes the client in it
 * @property {(trial: Trial) => Promise<void>} play
 */

/**
 * @typedef {object} Result
 * @property {string} client
 * @property {Scenario} scenario
 * @property {import('./facts.mjs').Facts} [facts] absent if it could not be run
 * @property {string} [notRun] why not
 * @property {string[]} findings
 * @property {string[]} surprises how they differ from what the adapter declares
 */

/**
 * Plays one scenario with one client.
 *
 * @param {import('./adapter.mjs').Adapter} adapter
 * @param {Scenario} scenario
 * @returns {Promise<Result>}
 */
export async function runScenario(adapter, scenario) {
  const client = adapter.name;
  const notRun =
    scenario.needsClock && !Clock.isThere ? 'the package faketime is not installed' : await scenario.lacks?.(adapter);
  if (notRun) return { client, scenario, notRun, findings: [], surprises: [] };
  const trial = new Trial(adapter, { hasClock: scenario.needsClock, isSecure: scenario.isSecure });
  try {
    await scenario.play(trial);
  } finally {
    await trial.finish(scenario);
  }
  const facts = factsOf(trial);
  const findings = judge(facts, scenario.requires);
  return { client, scenario, facts, findings, surprises: surprises(findings, adapter.expected[scenario.id]) };
}

/** How many scenarios that keep the machine busy run at the same time. */
const HEAVY_AT_ONCE = 2;

/**
 * Plays scenarios with one client, several at once: mostly they wait.
 *
 * @param {import('./adapter.mjs').Adapter} adapter
 * @param {readonly Scenario[]} scenarios
 * @param {{ atOnce?: number, onResult?: (result: Result) => void }} [options]
 * @returns {Promise<Result[]>}
 */
export async function runAll(adapter, scenarios, { atOnce = 6, onResult = () => {} } = {}) {
  const results = new Map();
  const play = (some, atMost) => {
    const waiting = some.values();
    const work = async () => {
      for (const scenario of waiting) {
        const result = await runScenario(adapter, scenario);
        results.set(scenario, result);
        onResult(result);
      }
    };
    return Promise.all(Array.from({ length: Math.min(atOnce, atMost) }, work));
  };
  await play(
    scenarios.filter(({ isHeavy }) => !isHeavy),
    Infinity,
  );
  await play(
    scenarios.filter(({ isHeavy }) => isHeavy),
    HEAVY_AT_ONCE,
  );
  return scenarios.map((scenario) => results.get(scenario));
}
