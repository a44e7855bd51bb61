import { defer, firstValueFrom, of, Subject, take, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { accept, closeWith, coldOn, pong, raw, scriptedServer } from '../../src/testing/index.js';
import type { ScriptStep } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

type Reply = (message: unknown, connection: number) => unknown;

/** A client of a server that answers; `log` is what the client gets. */
function answering({ cold }: VirtualTime, reply: Reply, scripts = ['o']) {
  const server = scriptedServer(cold, scripts, {}, { reply });
  const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
  const log = record(feed.messages);
  return { server, feed, log };
}

describe('`reply` of a scripted server', () => {
  it('answers in the frame of the message', () => {
    inVirtualTime((time) => {
      const { feed, log } = answering(time, (message) => ({ echo: message }));
      time.at(3, () => feed.messages.next({ a: 1 }));
      time.at(5, () => feed.messages.next('text'));

      time.flush();

      expect(log).toEqual(['3 {"echo":{"a":1}}', '5 {"echo":"text"}']);
    });
  });

  it.each<[string, unknown, string[]]>([
    ['undefined', undefined, []],
    ['null', null, ['3 null']],
    ['false', false, ['3 false']],
    ['an empty text', '', ['3 ""']],
    ['an array of several', [1, 'b', { c: 3 }], ['3 1', '3 "b"', '3 {"c":3}']],
    ['an array of none', [], []],
    ['an array of one array', [[1, 2]], ['3 [1,2]']],
    ['an array with undefined in it', [1, undefined, 2], ['3 1', '3 2']],
    ['an Observable', of(1, 2), ['3 1', '3 2']],
    ['an Observable of several', of([1, 2], undefined, [[3]]), ['3 1', '3 2', '3 [3]']],
    ['an Observable among several', [0, of(1), 2], ['3 0', '3 1', '3 2']],
    ['a text that is sent as it is', raw(' 7'), ['3 7']],
    ['bytes', new TextEncoder().encode('8'), ['3 8']],
    ['a close behind a message', [1, closeWith(4401)], ['3 1', '3 # ConnectionClosedError']],
    ['a pong', pong(), []],
  ])('may make %s', (_, answer, expected) => {
    inVirtualTime((time) => {
      const { feed, log } = answering(time, () => answer);
      time.at(3, () => feed.messages.next('ask'));

      time.flush();

      expect(log).toEqual(expected);
    });
  });

  it('may make an Observable that takes its time', () => {
    inVirtualTime((time) => {
      const { feed, log } = answering(time, () => time.cold('a--b|'));
      time.at(3, () => feed.messages.next('ask'));

      time.flush();

      expect(log).toEqual(['3 "a"', '6 "b"']);
    });
  });

  it('may make a Promise', async () => {
    const { transport } = scriptedServer(coldOn(), ['o'], {}, { reply: (message) => Promise.resolve([message, 2]) });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const received = firstValueFrom(feed.messages.pipe(take(2), toArray()));
    feed.messages.next(1);

    expect(await received).toEqual([1, 2]);
  });

  it('is asked after the client has sent, one message after the other', () => {
    inVirtualTime((time) => {
      const order: string[] = [];
      const { feed } = answering(time, (message) => {
        order.push(`asked ${String(message)}`);
        return message;
      });
      feed.messages.subscribe((message) => order.push(`got ${String(message)}`));
      time.at(3, () => {
        for (const message of ['a', 'b']) feed.messages.next(message);
        order.push('sent');
      });

      time.flush();

      expect(order).toEqual(['sent', 'asked a', 'got a', 'asked b', 'got b']);
    });
  });

  it('knows the connection', () => {
    inVirtualTime((time) => {
      const server = scriptedServer(time.cold, ['o'], {}, { reply: (_message, connection) => connection });
      const logs = [1, 2, 3].map(() => {
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
        const log = record(feed.messages);
        time.at(5, () => feed.messages.next('which?'));
        return log;
      });

      time.flush();

      expect(logs).toEqual([['5 0'], ['5 1'], ['5 2']]);
    });
  });

  it('is held back while the client is paused', () => {
    inVirtualTime((time) => {
      const { feed, log } = answering(time, (message) => [message, timer(2)]);
      let release = () => {};
      time.at(2, () => (release = feed.pause()));
      time.at(3, () => feed.messages.next('ask'));
      time.at(9, () => release());

      time.flush();

      expect(log).toEqual(['9 "ask"', '9 0']);
    });
  });

  it.each<[string, (feed: ReturnType<typeof answering>['feed']) => void]>([
    ['closes', (feed) => void feed.close()],
    ['terminates', (feed) => feed.link!.terminate(new Error('mine'))],
  ])('ends with the connection, if the client %s', (_, end) => {
    inVirtualTime((time) => {
      const source = time.cold('a-b-c-d');
      const { feed, log } = answering(time, () => source);
      time.at(3, () => feed.messages.next('ask'));
      time.at(6, () => end(feed));

      time.flush();

      expect(log.slice(0, 2)).toEqual(['3 "a"', '5 "b"']);
      expect(log).toHaveLength(3);
      time.expectSubscriptions(source.subscriptions).toBe('---^--!');
    });
  });

  it('ends with the connection, if the server closes', () => {
    inVirtualTime((time) => {
      const source = time.cold('a-b-c-d');
      const { feed } = answering(time, () => source, ['o-----#']);
      time.at(3, () => feed.messages.next('ask'));

      time.flush();

      time.expectSubscriptions(source.subscriptions).toBe('---^--!');
    });
  });

  it('is asked for a message that came before a close, and not for one that was lost', () => {
    const asked = (end: (feed: ReturnType<typeof answering>['feed']) => void): unknown[] => {
      const messages: unknown[] = [];
      inVirtualTime((time) => {
        const { feed } = answering(time, (message) => void messages.push(message));
        time.at(3, () => {
          feed.messages.next('last');
          end(feed);
        });
        time.flush();
      });
      return messages;
    };

    expect(asked((feed) => void feed.close())).toEqual(['last']);
    expect(asked((feed) => feed.link!.terminate(new Error('mine')))).toEqual([]);
  });

  it('is not asked for a message that was on its way when the server broke the connection', () => {
    inVirtualTime(({ at, flush }) => {
      const steps = new Subject<ScriptStep>();
      const asked: unknown[] = [];
      const reply = (message: unknown) => void asked.push(message);
      const { transport } = scriptedServer(() => steps, ['-'], {}, { reply });
      const feed = observeWebSocket({ url: 'ws://test', transport });
      feed.lifecycle.subscribe({ error: () => undefined });
      at(1, () => steps.next(accept()));
      at(2, () => feed.messages.next('heard'));
      at(3, () => {
        feed.messages.next('lost');
        steps.error('broken');
      });

      flush();

      expect(asked).toEqual(['heard']);
    });
  });

  it('makes an Observable in vain where the connection is closed by then', () => {
    inVirtualTime((time) => {
      let subscribed = 0;
      const { feed } = answering(time, () => defer(() => of(++subscribed)));
      time.at(3, () => feed.messages.next('heard'));
      time.at(4, () => {
        feed.messages.next('last');
        void feed.close();
      });

      time.flush();

      expect(subscribed).toBe(1);
    });
  });

  it('breaks the connection if its Observable fails, with what it failed with as the cause', () => {
    inVirtualTime((time) => {
      const cause = new TypeError('broken');
      const { feed } = answering(time, () => [1, throwError(() => cause)]);
      const log = record(feed.lifecycle, brief);
      let error: unknown;
      feed.lifecycle.subscribe({ error: (thrown: unknown) => (error = thrown) });
      time.at(3, () => feed.messages.next('ask'));

      time.flush();

      expect(log.slice(1)).toEqual(['3 error TypeError', '3 close 1006 remote unclean', '3 # ConnectionClosedError']);
      expect(error).toMatchObject({ code: 1006, cause });
    });
  });

  it.each<[string, unknown, string]>([
    ['throws', new Error('a bug in the test'), 'a bug in the test'],
    ['makes what cannot be sent', 1n, 'Expected `reply` to be a value of JSON, got one that cannot be converted.'],
    ['makes a function', () => 1, 'Expected `reply` to be a value of JSON'],
  ])('is an error in the test if it %s', (_, answer, message) => {
    inVirtualTime((time) => {
      const { feed } = answering(time, () => {
        if (answer instanceof Error) throw answer;
        return answer;
      });
      time.at(3, () => feed.messages.next('ask'));

      expect(time.flush).toThrow(message);
    });
  });
});
