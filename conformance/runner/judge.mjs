/**
 * What a scenario asks of a client. Durations are in milliseconds.
 *
 * @typedef {object} Requirements
 * @property {number} [connects] the first message arrives within this
 * @property {number} [notices] the end of the connection is noticed within this
 * @property {number} [back] messages arrive again within this
 * @property {true} [stays] the connection is not ended
 * @property {number} [stops] the client stops by itself within this
 * @property {true} [mayStop] the client may stop by itself, or be back
 * @property {number} [notBefore] no attempt is made earlier
 * @property {number} [pace] the most attempts in a second. Default: 10
 * @property {Record<string, number>} [atMost] bounds of the scenario's own facts
 * @property {Record<string, number>} [atLeast]
 */

/** The most attempts in a second that no server minds. */
export const PACE = 10;

/**
 * What is wrong, in a few fixed words.
 *
 * @param {import('./facts.mjs').Facts} facts
 * @param {Requirements} requires
 * @returns {string[]}
 */
export function judge(facts, requires) {
  const {
    connects,
    notices,
    back,
    stays,
    stops,
    mayStop,
    notBefore,
    pace = PACE,
    atMost = {},
    atLeast = {},
  } = requires;
  const later = (value, bound, never, late) =>
    bound !== undefined && (value === undefined ? never : value > bound && late);
  const hasStopped = facts.stopped !== undefined;
  const mayEnd = mayStop && hasStopped;

  return [
    facts.crash !== undefined && 'crashed',
    !mayEnd && later(facts.connected, connects, 'never connected', 'connected late'),
    later(facts.noticed, notices, 'never noticed', 'noticed late'),
    !mayEnd && !hasStopped && later(facts.back, back, 'never back', 'back late'),
    later(facts.stopped, stops, 'did not stop', 'stopped late'),
    hasStopped && stops === undefined && !mayStop && 'stopped',
    stays && !hasStopped && facts.noticed !== undefined && 'ended a live connection',
    notBefore !== undefined && facts.nextAttempt !== undefined && facts.nextAttempt < notBefore && 'came too early',
    facts.rate > pace && 'attempts without a pause',
    facts.lost > 0 && 'lost messages',
    facts.doubled > 0 && 'doubled messages',
    facts.reordered > 0 && 'reordered messages',
    facts.attemptsAfterClose > 0 && 'connected after its close',
    facts.connections > 1 && 'two connections',
    ...facts.left.map((what) => `left ${what}`),
    ...Object.entries(atMost).map(([name, bound]) => facts.extra[name] > bound && `too much: ${name}`),
    ...Object.entries(atLeast).map(([name, bound]) => facts.extra[name] < bound && `too little: ${name}`),
  ].filter(Boolean);
}

/**
 * How what was found differs from what the client's adapter declares.
 *
 * @param {string[]} found
 * @param {{ always?: string[], perhaps?: string[] }} [declared]
 * @returns {string[]}
 */
export function surprises(found, { always = [], perhaps = [] } = {}) {
  return [
    ...found
      .filter((finding) => ![...always, ...perhaps].includes(finding))
      .map((finding) => `not declared: ${finding}`),
    ...always.filter((finding) => !found.includes(finding)).map((finding) => `not found: ${finding}`),
  ];
}
