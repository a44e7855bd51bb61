import { map, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { closeWith, expectLifecycle, raw, scriptedServer } from '../../src/testing/index.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { inVirtualTime } from '../helpers/marbles.js';

function feedOf({ cold }: VirtualTime, scripts: readonly string[], ...supervision: Supervision[]): WebSocketConnection {
  const { transport } = scriptedServer(cold, scripts, { j: raw('{'), y: closeWith(4000, 'bye') });
  return observeWebSocket({ url: 'ws://test', transport }, ...supervision);
}

/** The message that a test fails with. */
function failure(test: (time: VirtualTime) => void): string {
  try {
    inVirtualTime(test);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return '';
}

describe('expectLifecycle', () => {
  it('compares a lifecycle with marbles', () => {
    inVirtualTime((time) => {
      const feed = feedOf(time, ['--o--#', '--o'], retryWithBackoff({ delays: [9] }));

      expectLifecycle(feed).toBe('c-o--(xr) 5ms c-o');
    });
  });

  it.each<[string, string[], Supervision[], string]>([
    ['an error', ['--o--|'], [], 'c-o--(x#)'],
    ['a refusal', ['--#'], [], 'c-(ex#)'],
    ['heartbeats', ['--o 19ms y'], [heartbeat({ interval: 10, timeout: 5, random: () => 0 })], 'c-(oh) 6ms h 9ms (x#)'],
    ['a rejected message', ['-o-j-y'], [], 'co-j-(x#)'],
  ])('knows %s', (_, scripts, supervision, marbles) => {
    inVirtualTime((time) => {
      expectLifecycle(feedOf(time, scripts, ...supervision)).toBe(marbles);
    });
  });

  it('knows the completion, and messages that were dropped', () => {
    inVirtualTime((time) => {
      const feed = feedOf(time, ['9ms o']);
      time.at(3, () => feed.messages.next('never sent'));
      time.at(5, () => void feed.close());

      expectLifecycle(feed).toBe('c----(dx|)');
    });
  });

  it('sees what happens before its own subscription, where another subscriber of the test connects', () => {
    inVirtualTime((time) => {
      const feed = feedOf(time, ['-o']);
      expectLifecycle(feed).toBe('co');

      feed.messages.subscribe();
    });
  });

  it('connects like `expectObservable`: what is expected of the server before sees it', () => {
    inVirtualTime((time) => {
      const server = scriptedServer(time.cold, ['-o']);
      expectLifecycle(observeWebSocket({ url: 'ws://test', transport: server.transport })).toBe('co');
      const fields = { connection: 0, type: 'connect', url: 'ws://test', protocols: [], headers: {} };

      time.expectObservable(server.log).toBe('-', { c: fields });
    });
  });

  it('takes marbles of the subscription, and closes behind them', () => {
    inVirtualTime((time) => {
      const { cold, expectObservable } = time;
      const server = scriptedServer(cold, ['-o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });

      expectLifecycle(feed, '--^---!').toBe('--co');
      expectObservable(server.closes).toBe('------x', { x: { code: 1000, reason: '' } });
    });
  });

  it('takes durations and blanks in them, as elsewhere', () => {
    inVirtualTime((time) => {
      expectLifecycle(feedOf(time, ['-o']), '5ms ^ 20ms !').toBe('5ms co');
    });
  });

  it('takes a lifecycle without a connection', () => {
    inVirtualTime(({ cold }) => {
      const events = { c: { type: 'connecting', attempt: 1 } as const };

      expectLifecycle(cold('--c-|', events)).toBe('--c-|');
      expectLifecycle({ lifecycle: of(events.c) }).toBe('(c|)');
    });
  });

  it('may be used several times', () => {
    const both = (second: string) => (time: VirtualTime) => {
      expectLifecycle(feedOf(time, ['--o--#'])).toBe('c-o--(x#)');
      expectLifecycle(feedOf(time, ['-o'])).toBe(second);
    };

    expect(failure(both('co'))).toBe('');
    expect(failure(both('c-o'))).toContain('expected  c-o\n  actual    co\n');
  });

  it('fails with both as marbles, and with where they part', () => {
    const message = failure((time) => {
      const feed = feedOf(time, ['--o--#', '--#'], retryWithBackoff({ delays: [9] }));
      expectLifecycle(feed).toBe('c-o--(xr) 5ms c-o');
    });

    expect(message).toBe(
      [
        'The lifecycle is not as expected.',
        '',
        '  expected  c-o--(xr)-----c-o',
        '  actual    c-o--(xr)-----c-(ex#)',
        '',
        '  Event 6 should be o (open) at 16 ms, and is e (error: error HandshakeError) at 16 ms.',
      ].join('\n'),
    );
  });

  it.each<[string, string, string, string]>([
    ['later', '--o', 'c--o', 'should be o (open) at 3 ms, and is o (open: attempt 1'],
    [
      'more',
      '-o-y',
      'co',
      'should be nothing, and is x (close: code 4000, reason bye, wasClean true, initiator remote)',
    ],
    ['less', '-o', 'co-x', 'should be x (close) at 3 ms, and is nothing.'],
    ['no end', '-o', 'co-|', 'should be | (the completion of the lifecycle) at 3 ms, and is nothing.'],
    ['nothing', '-o', '', 'should be nothing, and is c (connecting: attempt 1) at 0 ms.'],
    ['another end', '-o-y', 'co-(x|)', 'and is # (the error of the lifecycle: ConnectionClosedError: '],
  ])('fails where it expects something else: %s', (_, script, marbles, words) => {
    expect(failure((time) => expectLifecycle(feedOf(time, [script])).toBe(marbles))).toContain(words);
  });

  it('says what an event has, but nothing that is empty, and of what is long the beginning', () => {
    const message = (marbles: string) =>
      failure(({ cold }) => {
        const { transport } = scriptedServer(cold, ['-o-t'], { t: raw('x'.repeat(500)) });
        expectLifecycle(observeWebSocket({ url: 'ws://test', transport })).toBe(marbles);
      });

    expect(message('c-o')).toContain('is o (open: attempt 1, url ws://test) at 1 ms.');
    expect(message('co')).toContain(`is j (rejected: data ${'x'.repeat(100)}…, error DecodeError) at 3 ms.`);
  });

  it('says nothing of an end that is no Error, and cuts no value that is short enough', () => {
    const message = (marbles: string) => (time: VirtualTime) => {
      const rejected = { type: 'rejected', data: 'x'.repeat(100) } as never;
      expectLifecycle(time.cold<LifecycleEvent>('j-#', { j: rejected })).toBe(marbles);
    };

    expect(failure(message('j-|'))).toContain('is # (the error of the lifecycle) at 2 ms.');
    expect(failure(message('-'))).toContain(`is j (rejected: data ${'x'.repeat(100)}) at 0 ms.`);
  });

  it('fails for a feed that never ends', () => {
    const message = failure((time) => {
      const feed = feedOf(time, ['-o-#'], retryWithBackoff({ delays: Array<number>(99_999).fill(2000) }));
      expectLifecycle(feed).toBe('co-(xr)');
    });

    expect(message).toContain('expected  co-(xr)\n  actual    co-(xr) 1996ms co-(xr)');
  });

  it('draws long gaps as durations, and says where a group leaves no room', () => {
    const message = failure((time) => {
      const feed = feedOf(time, ['-o-#', '9s o'], retryWithBackoff({ delays: [1] }));
      expectLifecycle(feed).toBe('-');
    });

    expect(message).toContain('actual    co-(xr) (3ms earlier) c 8999ms o');
  });

  it('is an assertion error, whose marbles a test runner can compare', () => {
    let error: unknown;
    try {
      inVirtualTime((time) => expectLifecycle(feedOf(time, ['-o'])).toBe('c'));
    } catch (thrown) {
      error = thrown;
    }

    expect(error).toMatchObject({
      name: 'AssertionError',
      code: 'ERR_ASSERTION',
      showDiff: true,
      expected: 'c',
      actual: 'co',
    });
  });

  it('fails where the expectation stands, not where the scheduler found it', () => {
    function expectedHere(time: VirtualTime): void {
      expectLifecycle(feedOf(time, ['-o'])).toBe('c-o');
    }
    let thrown: unknown;
    try {
      inVirtualTime(expectedHere);
    } catch (error) {
      thrown = error;
    }

    const [first, ...frames] = (thrown as Error).stack!.split('\n');
    expect(first).toBe('AssertionError: The lifecycle is not as expected.');
    expect(frames.find((line) => /^ +at /.test(line))).toContain('expectedHere');
  });

  it('throws for other letters, where they are written', () => {
    inVirtualTime((time) => {
      const feed = feedOf(time, ['-o']);

      expect(() => expectLifecycle(feed).toBe('c-z')).toThrow(
        '`marbles` to be made of the letters c o h j d e x r, got "z"',
      );
      expect(() => expectLifecycle(feed).toBe(5 as never)).toThrow('Expected `marbles` to be a string, got 5.');
    });
  });

  it('throws outside `TestScheduler.run`', () => {
    const feed = observeWebSocket('ws://test');

    expect(() => expectLifecycle(feed)).toThrow('`expectLifecycle` works within `TestScheduler.run`.');
  });

  it('lets the other expectations of the run be checked', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    const run = () =>
      scheduler.run((helpers) => {
        expectLifecycle(feedOf({ ...helpers, at: () => undefined }, ['-o'])).toBe('co');
        helpers.expectObservable(helpers.cold('a|')).toBe('b|');
      });

    expect(run).toThrow('to deeply equal');
  });

  it('says so where an event is none of a lifecycle', () => {
    const odd: Supervision = (source) => source.pipe(map((event) => ({ ...event, type: 'odd' }) as never));

    expect(failure((time) => expectLifecycle(feedOf(time, ['-o'], odd)).toBe('co'))).toContain(
      '? (something that is no lifecycle event: ',
    );
  });

  it.each<[string, string | undefined]>([
    ['no stack', undefined],
    ['no frames', 'Error'],
    ['no frame but its own', 'Error\n    at toBe (kit.js:1:2)'],
    ['frames of another kind', 'toBe@file:///look at me/kit.js:1:2\ntest@file:///look at me/test.js:1:2'],
  ])('fails with the stack of its engine where errors have %s', (_, stack) => {
    const { prepareStackTrace } = Error;
    let thrown: unknown;
    Error.prepareStackTrace = () => stack;
    try {
      inVirtualTime((time) => expectLifecycle(feedOf(time, ['-o'])).toBe('c-o'));
    } catch (error) {
      thrown = [(error as Error).message, (error as Error).stack];
    }
    Error.prepareStackTrace = prepareStackTrace;

    expect(thrown).toEqual([expect.stringContaining('The lifecycle is not as expected.'), stack]);
  });
});
