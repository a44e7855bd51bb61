import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { pong, scriptedServer } from '../../src/testing/index.js';
import { scriptsWith } from '../../src/testing/letters.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';

const lettersOf = (marbles: string) => Object.keys(scriptsWith({}, [marbles])[0]!.steps).sort();

describe('A duration in a script', () => {
  it.each([
    ['o 60s a', ['a', 'o']],
    ['5ms o 1.5s a 2m #', ['a', 'o']],
    [' 5ms o', ['o']],
    ['o 5ms 6ms a', ['a', 'o']],
    ['o-5-a', ['5', 'a', 'o']],
    ['o 5 a', ['5', 'a', 'o']],
    ['o 5msa', ['5', 'a', 'm', 'o', 's']],
    ['o 5ms', ['5', 'm', 'o', 's']], // as in RxJS: nothing comes after it
    ['o-(5ms )', ['5', 'm', 'o', 's']],
    ['o-🎈', ['o', '🎈']],
  ])('is none of its letters: %s', (marbles, letters) => {
    expect(lettersOf(marbles)).toEqual(letters);
  });

  it('is a duration whatever letters have values', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { 6: 'six', 0: 'zero', s: pong(), m: 1n };
      const { transport } = scriptedServer(cold, ['o 60s a 1m b 10ms c'], values);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const log = record(feed.messages);
      const pongs: unknown[] = [];
      at(5, () => {
        feed.link!.pongs.subscribe((payload) => pongs.push(payload));
        feed.link!.ping!('answered');
      });

      flush();

      expect(log).toEqual(['60001 "a"', '120002 "b"', '120013 "c"']);
      expect(pongs).toEqual(['answered']); // no letter of the script is the pong
    });
  });
});
