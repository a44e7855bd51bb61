import { describe, expect, it } from 'vitest';
import { TopicIds } from '../../src/sessions/topic-ids.js';
import { Topic } from '../../src/sessions/topic.js';
import { TopicsAtOpen } from '../../src/sessions/topics-at-open.js';

/** Topics a, b and c, asked for by the messages 1, 2 and 3, with the ids that the server has given in answer. */
function asked(...given: readonly (number | string | undefined)[]) {
  const ids = new TopicIds<unknown, string>();
  const topics = ['a', 'b', 'c'].map((key) => new Topic<unknown, string>(key, new TopicsAtOpen(() => undefined)));
  topics.forEach((topic, index) => ids.add(index + 1, topic));
  given.forEach((as, index) => {
    ids.answered(topics[index]!, as);
  });
  const keyOf = (id: unknown) => ids.find(id)?.key;
  return {
    ids,
    topics,
    keysOf: (...all: unknown[]) => all.map(keyOf),
    leave: (n: 1 | 2 | 3) => ids.remove(n, topics[n - 1]!),
  };
}

describe('Topics are found by the id', () => {
  it('of the message that asked for them, before an answer and without one', () => {
    expect(asked().keysOf(1, 2, 3, 4)).toEqual(['a', 'b', 'c', undefined]);
    expect(asked(undefined, undefined).keysOf(1, 2, 3, undefined)).toEqual(['a', 'b', 'c', undefined]);
  });

  it('that the server has given them', () => {
    expect(asked('x', 'y', 'z').keysOf('x', 'y', 'z', 'w')).toEqual(['a', 'b', 'c', undefined]);
  });

  it.each([undefined, null])('that the server has given them, where a later answer has %s', (as) => {
    const { ids, topics, keysOf, leave } = asked(2, 3, 1);

    ids.answered(topics[0]!, as);

    expect(keysOf(1, 2, 3, as)).toEqual(['c', 'a', 'b', undefined]);
    leave(1);
    expect(keysOf(2)).toEqual([undefined]);
  });

  it('that the server has given them, where that is one of ours', () => {
    expect(asked(2, 3, 1).keysOf(1, 2, 3)).toEqual(['c', 'a', 'b']);
  });

  it('that the server has given them last, also when the one before is left', () => {
    const { keysOf, leave } = asked(7, 7);

    leave(1);

    expect(keysOf(7)).toEqual(['b']);
  });

  it('of their message, where the server has given another that messages do not carry', () => {
    expect(asked('x', 'y', 'z').keysOf(1, 2, 3)).toEqual(['a', 'b', 'c']);
  });

  it('of their message, where one was left before the first message, whatever the server has given it', () => {
    const strings = asked('x', 'y', 'z');
    const numbers = asked(101, 102, 103);

    for (const { leave } of [strings, numbers]) leave(1);

    for (const { keysOf } of [strings, numbers]) expect(keysOf(2, 3, 1)).toEqual(['b', 'c', undefined]);
  });

  it('where one was left before the first message, but for late messages of that', () => {
    const { keysOf, leave } = asked(2, 3, 1);

    leave(1);

    expect(keysOf(2)).toEqual([undefined]);
    expect(keysOf(3, 1)).toEqual(['b', 'c']);
  });

  it('of their message, also where one of theirs is the same, and where one was left', () => {
    const { keysOf, leave } = asked(1, 'y', 'z');

    expect(keysOf(1, 2)).toEqual(['a', 'b']);
    leave(2);
    expect(keysOf(2, 3)).toEqual([undefined, 'c']);
  });

  it('of the last message, where two have the same', () => {
    const { ids, topics, keysOf, leave } = asked();
    ids.add(1, topics[1]!);

    leave(1);

    expect(keysOf(1)).toEqual(['b']);
  });

  it('of their message, where the server has given ids to others', () => {
    expect(asked('x', undefined).keysOf('x', 2)).toEqual(['a', 'b']);
  });
});

describe('No topic is found by an id', () => {
  it('of ours, where messages carry those of the server and it has one or none yet', () => {
    expect(asked(7, 8).keysOf(7, 1, 2, 3)).toEqual(['a', undefined, undefined, undefined]);
  });

  it('of ours, where messages carry those of the server and it was asked for again', () => {
    const { ids, topics, keysOf, leave } = asked('x', undefined);
    keysOf('x');
    leave(2);

    ids.add(4, topics[1]!);

    expect(keysOf(4)).toEqual([undefined]);
  });

  it('of ours, where messages were seen to carry ours before', () => {
    expect(asked(7, 8).keysOf(1, 7, 1)).toEqual(['a', 'a', undefined]);
  });

  it.each([
    ['after its messages', [2]],
    ['before any', []],
  ])('of a topic that was left %s', (_, before) => {
    const { keysOf, leave } = asked(2, 3, 1);
    keysOf(...before);

    leave(1);

    expect(keysOf(1, 2, 3)).toEqual(['c', undefined, 'b']);
  });

  it('of ours that was left', () => {
    const { keysOf, leave } = asked();

    leave(2);

    expect(keysOf(1, 2, 3)).toEqual(['a', undefined, 'c']);
  });
});
