import { runInNewContext } from 'node:vm';
import 'zone.js'; // puts a Promise of its own in the place of the platform's, but `async` functions keep theirs
import { describe, expect, it } from 'vitest';
import { json, observeWebSocket } from '../../src/index.node.js';
import type { Codec } from '../../src/index.node.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief } from '../helpers/record.js';

/** What answers late with something, or refuses it late. */
interface Later {
  value(value: unknown): unknown;
  error(error: Error): unknown;
}

/** Waits in tasks of the platform, whatever has been put in the place of Promises. */
const quiet = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

const foreign = (source: string) => runInNewContext(source) as never;

const origins: Record<string, Later> = {
  'an `async` function, beside the Promise of zone.js': {
    value: async (value) => Promise.resolve(value),
    // eslint-disable-next-line @typescript-eslint/require-await -- it shall be rejected
    error: async (error) => {
      throw error;
    },
  },
  'the Promise of zone.js': {
    value: (value) => Promise.resolve(value),
    error: (error) => Promise.reject(error),
  },
  'an `async` function of another realm': {
    value: foreign('async (value) => value'),
    error: foreign('async (error) => { throw error; }'),
  },
  'the Promise of another realm': {
    value: foreign('(value) => Promise.resolve(value)'),
    error: foreign('(error) => Promise.reject(error)'),
  },
  'a library whose promises know `then` alone': {
    value: (value) => ({ then: (resolve: (value: unknown) => void) => void setImmediate(() => resolve(value)) }),
    error: (error) => ({
      then: (_: unknown, reject: (error: Error) => void) => void setImmediate(() => reject(error)),
    }),
  },
  'a library whose promises are functions': {
    value: (value) => Object.assign(() => undefined, { then: (resolve: (value: unknown) => void) => resolve(value) }),
    error: (error) =>
      Object.assign(() => undefined, { then: (_: unknown, reject: (error: Error) => void) => reject(error) }),
  },
};

/** What arrives through a codec, messages and refusals alike. */
function connect(codec: Codec<unknown, string>) {
  const transport = playedSockets();
  const feed = observeWebSocket<unknown, string>({ url: 'ws://test', transport, codec });
  const log: unknown[] = [];
  feed.messages.subscribe((message) => log.push(message));
  feed.events.subscribe((event) => event.type === 'rejected' && log.push(brief(event)));
  return { socket: transport.socket.open(), log };
}

describe.each(Object.entries(origins))('A promise of %s', (_, later) => {
  it('that a codec returns is awaited, and keeps the order of the messages', async () => {
    const decode = (data: string | Uint8Array) => {
      if (data === '"2"') return later.error(new TypeError('odd'));
      return data === '"3"' ? data : later.value(data);
    };
    const { socket, log } = connect({ encode: String, decode });

    socket.say('1', '2', '3', '4');
    await quiet();

    expect(log).toEqual(['"1"', 'rejected "2"', '"3"', '"4"']);
  });

  it('that a schema returns is awaited, and keeps the order of the messages', async () => {
    const validate = (value: unknown) => {
      if (value === 2) return later.error(new TypeError('odd'));
      if (value === 4) return later.value({ issues: [{ message: 'even' }] });
      return later.value({ value: `value ${String(value)}` });
    };
    const { socket, log } = connect(json({ schema: { '~standard': { validate } } as never }));

    socket.say(1, 2, 3, 4);
    await quiet();

    expect(log).toEqual(['value 1', 'rejected 2', 'value 3', 'rejected 4']);
  });
});

describe('A message whose `then`', () => {
  it('is no function is a message', async () => {
    const { socket, log } = connect({ encode: String, decode: () => ({ then: 5 }) });

    socket.say(1);
    await quiet();

    expect(log).toEqual([{ then: 5 }]);
  });

  it.each([
    [
      'cannot be read',
      {
        get then() {
          throw new TypeError('not for you');
        },
      },
    ],
    [
      'throws',
      {
        then() {
          throw new TypeError('not for you');
        },
      },
    ],
  ])('%s is rejected, and the others go on', async (_, message) => {
    const { socket, log } = connect({ encode: String, decode: (data) => (data === '1' ? message : data) });

    socket.say(1, 2);
    await quiet();

    expect(log).toEqual(['rejected 1', '2']);
  });
});
