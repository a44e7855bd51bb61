import { describe, expect, it } from 'vitest';
import { FatalCloseError } from '../../src/protocol/errors.js';
import { sentenceOf } from '../../src/protocol/sentence-of.js';

const coded = (code: unknown, message = '') => Object.assign(new Error(message), { code });
const group = (...errors: unknown[]) => new AggregateError(errors);

describe('sentenceOf', () => {
  it.each([
    ['the message', new Error('it failed'), 'it failed'],
    ['the message, though there is a code', coded('ECONNREFUSED', 'refused'), 'refused'],
    ['the code where the message is empty', coded('ECONNREFUSED'), 'ECONNREFUSED'],
    ['the code where the message is blank', coded('ECONNREFUSED', ' \n'), 'ECONNREFUSED'],
    ['a number as the code', coded(-111), '-111'],
    ['the name where there is neither', new TypeError(''), 'TypeError'],
    ['the name where the code is nothing', coded(''), 'Error'],
    ['a text that was thrown', 'no token', 'no token'],
    ['a number that was thrown', 404, '404'],
    ['what an object says', { message: 'mine' }, 'mine'],
    ['that there is none', {}, 'no reason given'],
    ['that there is none of an empty text', '', 'no reason given'],
  ])('is %s', (_, error, reason) => {
    expect(sentenceOf(error)).toBe(reason);
  });

  it.each([
    [
      'the messages of the members of a group without its own',
      group(new Error('connect ECONNREFUSED ::1:9'), new Error('connect ECONNREFUSED 127.0.0.1:9')),
      'connect ECONNREFUSED ::1:9; connect ECONNREFUSED 127.0.0.1:9',
    ],
    ['each message once', group(new Error('a'), new Error('b'), new Error('a')), 'a; b'],
    ['the message of a group that has one', new AggregateError([new Error('a')], 'all failed'), 'all failed'],
    ['what members say that are no errors', group('a', 5, undefined, { message: 'b' }), 'a; 5; undefined; b'],
    ['the codes of members that say nothing', group(coded('EPIPE'), coded('EPIPE')), 'EPIPE'],
    [
      'the members of groups in groups, in order',
      group(group(new Error('a')), new Error('b'), group(group('c'))),
      'a; b; c',
    ],
    ['the code of a group of nothing', Object.assign(group(), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['the name of a group of nothing without a code', group(), 'AggregateError'],
  ])('is %s', (_, error, reason) => {
    expect(sentenceOf(error)).toBe(reason);
  });

  it('ends, though groups hold each other', () => {
    const one = group(new Error('a'));
    const other = group(one, new Error('b'));
    one.errors.push(one, other);

    expect(sentenceOf(one)).toBe('a; b');
    expect(sentenceOf(Object.assign(group(), { errors: [] }))).toBe('AggregateError');
  });

  it('is not empty where a group holds itself alone', () => {
    const alone = group();
    alone.errors.push(alone);

    expect(sentenceOf(alone)).not.toBe('');
  });

  it('goes as deep as groups do', () => {
    let deep: AggregateError = group(new Error('at last'));
    for (let level = 0; level < 50_000; level++) deep = group(deep);

    expect(sentenceOf(deep)).toBe('at last');
  });

  it('asks no more of an error whose getters throw', () => {
    const hostile = Object.defineProperty({}, 'message', {
      get() {
        throw new Error('mine');
      },
    });

    expect(sentenceOf(hostile)).toBe('no reason given');
    expect(sentenceOf(group(hostile, new Error('a')))).toBe('object; a');
  });

  it('is in the sentence of what gives up because of it', () => {
    expect(new FatalCloseError(group(new Error('a'), new Error('b'))).message).toBe('No retry can cure this: a; b');
  });
});
