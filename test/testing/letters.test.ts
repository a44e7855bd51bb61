import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import { pong, scriptedServer } from '../../src/testing/index.js';
import { scriptsWith } from '../../src/testing/letters.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';

const lettersOf = (marbles: string) => Object.keys(scriptsWith({}, [marbles])[0]!.steps).sort();

describe('A duration in a script', () => {
  it.each([
    ['o 60s a', ['a', 'o']],
    ['5ms o 1.25s a 2m #', ['a', 'o']],
    [' 5ms o', ['o']],
    ['o 5ms 6ms a', ['a', 'o']],
    ['o-5-a', ['5', 'a', 'o']],
    ['o 5 a', ['5', 'a', 'o']],
    ['o 5ms', ['o']],
    ['o a 1.25s', ['a', 'o']],
    ['5ms', []],
    ['o-5s', ['5', 'o', 's']], // a message and a step, where `s` is `silence()`
    ['o-🎈', ['o', '🎈']],
  ])('is none of its letters: %s', (marbles, letters) => {
    expect(lettersOf(marbles)).toEqual(letters);
  });

  it.each([
    ['o5ms', '5ms'],
    ['o 1.25msa', '1.25ms'],
    ['o-(500ms )', '500ms'],
  ])('has blanks around it, or is an error when the server is created: %s', (marbles, duration) => {
    expect(() => scriptsWith({}, ['-', marbles])).toThrow(
      new TypeError(
        `Expected \`scripts[1]\` to be a marble string with a blank before and behind ${duration}, got "${marbles}".`,
      ),
    );
    expect(() => scriptsWith({ m: 1, s: 2 }, [marbles])).not.toThrow(); // they are letters that were meant
  });

  it('at the end is one, too: nothing is sent', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o 500ms']);
      const log = record(observeWebSocket({ url: 'ws://test', transport }).messages);

      flush();

      expect(log).toEqual([]);
    });
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

describe('A pong in a script', () => {
  it('is the only answer to pings: of the script that has it', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-------p-#', 'o'], { p: pong('late') });
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [5] }));
      const pongs: string[] = [];
      const ping = () => {
        feed.link!.pongs.subscribe((payload) => pongs.push(`${asyncScheduler.now()} ${String(payload)}`));
        feed.link!.ping!('asked');
      };
      feed.lifecycle.subscribe();
      at(2, ping);
      at(20, ping);
      at(30, () => void feed.close());

      flush();

      expect(pongs).toEqual(['8 late', '20 asked']);
    });
  });
});
