import { describe, expect, it, vi } from 'vitest';
import { ConnectionClosedError, FatalCloseError, HandshakeError, SetupError, WebSocketError } from '../../src/index.js';
import { isDoubtfulCode, isDoubtfulStatus } from '../../src/protocol/fatal-codes.js';
import { causedBy, toError } from '../../src/protocol/to-error.js';
import { leastWait, numbersOf, retryAfterOf, spreadAbove, verdictOn } from '../../src/protocol/verdict.js';
import type { Chooser } from '../../src/protocol/verdict.js';

const closedWith = (code: number) => new ConnectionClosedError({ code, reason: '', wasClean: true });
const refusedWith = (status?: number, retryAfter?: number) => new HandshakeError('refused', { status, retryAfter });
/** What `onOpen` makes of what a set-up throws. */
const failedWith = (thrown: unknown) => new SetupError('the set-up failed', causedBy(toError(thrown)));
/** An error of another copy or an older version, which checks nothing. */
const unchecked = (retryAfter: unknown) => Object.assign(new WebSocketError('later'), { retryAfter });

describe('numbersOf', () => {
  it.each([
    ['a close', closedWith(4401), { code: 4401 }],
    ['a refusal', refusedWith(401), { status: 401 }],
    ['a refusal without a status', refusedWith(), {}],
    ['an error of somebody else', Object.assign(new Error(), { status: 401, code: 7 }), { code: 7, status: 401 }],
    ['a set-up that failed with a close', failedWith(closedWith(4401)), { code: 4401 }],
    ['a set-up that failed with a refusal', failedWith(refusedWith(401)), { status: 401 }],
    [
      'a set-up that failed with an error with a status',
      failedWith(Object.assign(new Error(), { status: 401 })),
      { status: 401 },
    ],
    ['a set-up that threw a plain object', failedWith({ status: 401 }), { status: 401 }],
    ['a set-up whose cause is a plain object', new SetupError('no', { cause: { code: 4401 } }), { code: 4401 }],
    ['a set-up without a cause', new SetupError('no'), {}],
    ['a set-up that threw nothing', failedWith(undefined), {}],
    ['a set-up that threw a string', failedWith('4401'), {}],
    ['a code that is no number', Object.assign(new Error(), { code: '4401', status: '401' }), {}],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['a string', '4401', {}],
  ])('reads %s', (_what, error, expected) => {
    expect(numbersOf(error)).toEqual({ code: undefined, status: undefined, ...expected });
  });

  it('looks into a set-up alone: the cause of another error is another matter', () => {
    expect(numbersOf(new WebSocketError('no', { cause: { status: 401 } })).status).toBeUndefined();
    expect(numbersOf(new FatalCloseError(closedWith(4401))).code).toBeUndefined();
  });

  it('reads the cause of a set-up, not the cause of that', () => {
    const cause = Object.assign(new Error(), { status: 401 });

    expect(numbersOf(failedWith(new Error('login failed', { cause }))).status).toBeUndefined();
    expect(numbersOf(failedWith(new WebSocketError('login failed', { cause }))).status).toBeUndefined();
    expect(numbersOf(failedWith(new HandshakeError('busy', { status: 503, cause: { status: 401 } }))).status).toBe(503);
  });
});

describe('retryAfterOf', () => {
  it.each([
    ['a WebSocketError', new WebSocketError('later', { retryAfter: 7000 }), 7000],
    ['a refusal', refusedWith(503, 7000), 7000],
    ['a set-up, of its own', new SetupError('no', { retryAfter: 7000 }), 7000],
    ['a set-up that failed with one', failedWith(new WebSocketError('later', { retryAfter: 7000 })), 7000],
    ['a set-up whose cause is a WebSocketError', new SetupError('no', { cause: refusedWith(503, 7000) }), 7000],
    ['a set-up that failed with an error with one', failedWith(Object.assign(new Error(), { retryAfter: 7000 })), 7000],
    ['a set-up that threw a plain object', failedWith({ status: 503, retryAfter: 7000 }), 7000],
    ['zero', unchecked(0), 0],
    ['Infinity', unchecked(Infinity), Infinity],
    ['an error of somebody else', Object.assign(new Error(), { retryAfter: 7000 }), undefined],
    ['a plain object', { retryAfter: 7000 }, undefined],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
  ])('reads %s', (_what, error, expected) => {
    expect(retryAfterOf(error)).toBe(expected);
  });

  it.each([[NaN], [-1], [-Infinity], ['7000'], [null], [{}], [true], [7000n]])('ignores %s', (retryAfter) => {
    expect(retryAfterOf(unchecked(retryAfter))).toBeUndefined();
    expect(retryAfterOf(new SetupError('no', { cause: { retryAfter } }))).toBeUndefined();
  });
});

describe('leastWait', () => {
  it.each([
    [closedWith(1012), 5000],
    [closedWith(1013), 30_000],
    [closedWith(4429), 5000],
    [failedWith({ code: 1013 }), 30_000],
    [refusedWith(429, 7000), 7000],
    [refusedWith(429, 0), 0],
    [Object.assign(closedWith(4429), { retryAfter: 7000 }), 7000],
    [Object.assign(closedWith(4429), { retryAfter: 10 }), 5000],
    [Object.assign(closedWith(4429), { retryAfter: NaN }), 5000],
    [Object.assign(closedWith(1006), { retryAfter: NaN }), undefined],
    [closedWith(1006), undefined],
    [refusedWith(503), undefined],
    [Object.assign(new Error('not a close'), { code: 1013 }), undefined],
    [undefined, undefined],
    ['a string', undefined],
  ])('after %s is %s', (error, expected) => {
    expect(leastWait(error)).toBe(expected);
  });
});

describe('spreadAbove', () => {
  it.each([
    [1, closedWith(1006), 3000],
    [30_000, closedWith(1013), 3000],
    [300_000, closedWith(1013), 30_000],
    [5000, closedWith(1012), 25_000],
    [300_000, closedWith(1012), 30_000],
  ])('is for a floor of %d ms after %s %d ms', (floor, error, expected) => {
    expect(spreadAbove(floor, error)).toBe(expected);
  });
});

describe('verdictOn', () => {
  const codes: Chooser = { has: (code) => [1008, 4401, 4004].includes(code), isDoubtful: isDoubtfulCode };
  const statuses: Chooser = { has: (status) => [401, 404, 407].includes(status), isDoubtful: isDoubtfulStatus };
  const predicate = (has: Chooser['has']): Chooser => ({ has, isDoubtful: undefined });

  it.each([
    ['a code that is not in the table', closedWith(1006), 'passing'],
    ['a code that means the same from everybody', closedWith(4401), 'final'],
    ['a code of a protocol of its own', closedWith(4004), 'final'],
    ['a code that is sent in passing too', closedWith(1008), 'doubtful'],
    ['a status that is not in the table', refusedWith(503), 'passing'],
    ['401', refusedWith(401), 'final'],
    ['407', refusedWith(407), 'final'],
    ['another status', refusedWith(404), 'doubtful'],
    ['no status', refusedWith(), 'passing'],
    ['a set-up refused for good', failedWith({ code: 4401 }), 'final'],
    ['a set-up refused in passing', failedWith({ status: 404 }), 'doubtful'],
    ['a set-up with two reasons, the final one', failedWith({ code: 1008, status: 401 }), 'final'],
    ['a set-up with two reasons, the first of which is final', failedWith({ code: 4401, status: 404 }), 'final'],
    ['a refusal that says when to come back', refusedWith(404, 7000), 'passing'],
    ['401, and when to come back', refusedWith(401, 0), 'passing'],
    ['a set-up that says when to come back', failedWith({ status: 401, retryAfter: 7000 }), 'passing'],
    ['when to come back, unreadable', Object.assign(refusedWith(401), { retryAfter: NaN }), 'final'],
    ['an error of somebody else with a code', Object.assign(new Error(), { code: 4401 }), 'passing'],
    ['a string', 'no', 'passing'],
    ['undefined', undefined, 'passing'],
  ])('judges %s', (_what, error, expected) => {
    expect(verdictOn(error, codes, statuses)).toBe(expected);
  });

  it('takes the word of a predicate, of whatever is asked, and gives it the error', () => {
    const asked = vi.fn(() => true);
    const invited = refusedWith(403, 7000);
    const failed = failedWith({ code: 4100 });

    expect(verdictOn(invited, codes, predicate(asked))).toBe('final');
    expect(verdictOn(failed, predicate(asked), statuses)).toBe('final');
    expect(
      verdictOn(
        closedWith(1008),
        predicate(() => false),
        statuses,
      ),
    ).toBe('passing');
    expect(asked.mock.calls).toEqual([
      [403, invited],
      [4100, failed],
    ]);
  });
});
