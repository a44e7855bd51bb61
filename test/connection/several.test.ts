import { describe, expect, it, vi } from 'vitest';
import { json, observeWebSocket, several } from '../../src/index.node.js';
import type { Codec, StandardSchema } from '../../src/index.node.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief } from '../helpers/record.js';

/** An open connection with this codec, and what it emits: messages as JSON, events in brief. */
function connect(codec: Codec<unknown>) {
  const transport = playedSockets({ answersClose: false });
  const feed = observeWebSocket({ url: 'ws://test', transport, codec });
  const log: string[] = [];
  let link!: { close(): void; terminate(error: Error): void };
  feed.lifecycle.subscribe({
    next: (event) => {
      if (event.type === 'open') link = event.link;
      else log.push(brief(event));
    },
    error: (error: unknown) => log.push(`# ${(error as Error).message}`),
    complete: () => log.push('|'),
  });
  feed.messages.subscribe({ next: (message) => log.push(JSON.stringify(message)), error: () => undefined });
  transport.socket.open();
  log.length = 0;
  const receive = (...frames: string[]) => frames.forEach((frame) => transport.socket.frame(frame));
  return { feed, transport, log, link, receive };
}

/** Everything that was going to happen by itself has happened. */
async function quiet() {
  for (let microtask = 0; microtask < 50; microtask++) await Promise.resolve();
}

/** Takes numbers, one more than they are. */
const numbers: StandardSchema<number> = {
  '~standard': {
    validate: (value) =>
      typeof value === 'number' ? { value: value + 1 } : { issues: [{ message: `no number: ${String(value)}` }] },
  },
};

/** The same, each when its turn in `settle` has come. */
function slowly() {
  const settle: (() => void)[] = [];
  const schema: StandardSchema<number> = {
    '~standard': {
      validate: (value) =>
        new Promise((resolve) => {
          settle.push(() => {
            resolve(numbers['~standard'].validate(value));
          });
        }),
    },
  };
  return { schema, settle };
}

describe('json with `split`', () => {
  const ofEvents = json({ split: (frame: { events: unknown[] }) => frame.events });

  it('delivers each message of a frame, in order, and counts frames', () => {
    const { receive, log, feed } = connect(ofEvents);

    receive('{"events":[1,"two",{"three":3}]}', '{"events":[4]}');

    expect(log).toEqual(['1', '"two"', '{"three":3}', '4']);
    expect(feed.stats).toMatchObject({ received: 2, rejected: 0 });
  });

  it('takes no message for no fault', () => {
    const { receive, log } = connect(ofEvents);

    receive('{"events":[]}', '{"events":[1]}');

    expect(log).toEqual(['1']);
  });

  it.each([
    ['a Set', (frame: number[]) => new Set(frame)],
    [
      'a generator',
      function* (frame: number[]) {
        yield* frame;
      },
    ],
  ])('takes %s', (_what, split) => {
    const { receive, log } = connect(json({ split }));

    receive('[1,2]');

    expect(log).toEqual(['1', '2']);
  });

  it.each([['{}'], ['{"events":null}'], ['{"events":"ab"}'], ['{"events":5}'], ['{"events":{}}'], ['null'], ['{']])(
    'rejects the frame %s, and goes on',
    (frame) => {
      const { receive, log } = connect(ofEvents);

      receive(frame, '{"events":[1]}');

      expect(log).toEqual([`rejected ${frame}`, '1']);
    },
  );

  it('explains why what is no iterable is rejected', () => {
    const { receive, feed } = connect(ofEvents);
    const errors: Error[] = [];
    feed.lifecycle.subscribe((event) => event.type === 'rejected' && errors.push(event.error));

    receive('{"events":"ab"}', '{}');

    expect(errors.map(({ message }) => message)).toEqual([
      'A message could not be decoded: Expected `split(frame)` to be an iterable, and no string, got "ab".',
      'A message could not be decoded: Expected `split(frame)` to be an iterable, and no string, got undefined.',
    ]);
  });

  it('rejects the rest of a frame whose iterable throws, behind what it gave', () => {
    const { receive, log } = connect(
      json({
        split: function* (frame: number[]) {
          yield* frame;
          throw new TypeError('odd');
        },
      }),
    );

    receive('[1,2]');

    expect(log).toEqual(['1', '2', 'rejected [1,2]']);
  });

  it('delivers nothing behind the message that ended the connection', () => {
    const { receive, log, feed, link } = connect(ofEvents);
    feed.messages.subscribe({
      next: (message) => {
        if (message === 2) link.terminate(new Error('enough'));
      },
      error: () => undefined,
    });

    receive('{"events":[1,2,3]}');

    expect(log.filter((line) => /^\d/.test(line))).toEqual(['1', '2']);
  });

  it('judges each message by the schema, and rejects the frame once for each that it refuses', () => {
    const { receive, log, feed } = connect(json({ schema: numbers, split: (frame: unknown[]) => frame }));

    receive('[1,"a",2,"b"]', '[3]');

    expect(log).toEqual(['2', 'rejected [1,"a",2,"b"]', '3', 'rejected [1,"a",2,"b"]', '4']);
    expect(feed.stats).toMatchObject({ received: 2, rejected: 2 });
  });

  it('keeps the order of a schema that takes its time, whichever is settled first', async () => {
    const { schema, settle } = slowly();
    const { receive, log } = connect(json({ schema, split: (frame: unknown[]) => frame }));
    receive('[1,"a",2]', '[3]');
    settle[2]!();
    settle[1]!();
    await quiet();
    expect(log).toEqual([]);

    settle[0]!();
    await vi.waitFor(() => expect(settle).toHaveLength(4));
    settle[3]!();

    await vi.waitFor(() => expect(log).toEqual(['2', 'rejected [1,"a",2]', '3', '4']));
  });

  it.each([
    ['no JSON', '{', 'rejected {'],
    ['no iterable', '5', 'rejected 5'],
  ])('rejects %s in its turn', async (_what, frame, rejected) => {
    const { schema, settle } = slowly();
    const { receive, log } = connect(json({ schema, split: (parsed: unknown[]) => parsed }));
    receive('[1]', '[2,3]', frame, '[4]');

    await vi.waitFor(() => {
      settle.forEach((one) => one());
      expect(log).toEqual(['2', '3', '4', rejected, '5']);
    });
  });

  it('delivers what came before the end ahead of the close', async () => {
    const { schema, settle } = slowly();
    const { receive, log, transport } = connect(json({ schema, split: (frame: unknown[]) => frame }));
    receive('[1,2]', '[3]');
    transport.socket.closed(4100, 'done');

    await vi.waitFor(() => {
      settle.forEach((one) => one());
      expect(log).toHaveLength(5);
    });
    expect(log.slice(0, 4)).toEqual(['2', '3', '4', 'close 4100 done remote']);
  });

  it('sends as json does', () => {
    expect(ofEvents.encode({ events: [1] })).toBe('{"events":[1]}');
  });
});

describe('several', () => {
  /** Frames of JSON: an array is several messages, 'slow' is a promise of two, all else is one. */
  const codec: Codec<unknown> = {
    encode: JSON.stringify,
    decode(data) {
      const value: unknown = JSON.parse(data as string);
      if (value === 'slow') return Promise.resolve(several(['slow 1', 'slow 2']));
      return Array.isArray(value) ? several(value as unknown[]) : value;
    },
  };

  it.each([['text'], [5], [null], [undefined], [{}]])('are not made of %o', (messages) => {
    expect(() => several(messages as never)).toThrow(TypeError);
    expect(() => several(messages as never)).toThrow('Expected `messages` to be an iterable, and no string, got ');
  });

  it.each([[null], [undefined], [0], ['']])('are not what %o is, which is a message', (message) => {
    const { receive, log } = connect({ encode: JSON.stringify, decode: () => message });

    receive('a', 'b');

    expect(log).toEqual([JSON.stringify(message), JSON.stringify(message)]);
  });

  it('may come as a promise, and everything behind it keeps its place', async () => {
    const { receive, log } = connect(codec);

    receive('"slow"', '[1,2]', '3', '{', '[4]', '5');

    await vi.waitFor(() => expect(log).toEqual(['"slow 1"', '"slow 2"', '1', '2', '3', 'rejected {', '4', '5']));
  });

  it('may hold promises, which keep their places', async () => {
    const settle: ((value: string) => void)[] = [];
    const { receive, log } = connect({
      encode: JSON.stringify,
      decode: () => several([new Promise((resolve) => settle.push(resolve)), 'quick']),
    });
    receive('a', 'b');
    settle[1]!('second');
    await quiet();
    expect(log).toEqual([]);

    settle[0]!('first');

    await vi.waitFor(() => expect(log).toEqual(['"first"', '"quick"', '"second"', '"quick"']));
  });

  it('are taken when their frame arrives, though they wait, because the codec goes on with what they are made of', async () => {
    let rest: unknown[] = [];
    const { receive, log } = connect({
      encode: JSON.stringify,
      decode(data) {
        if (data === 'slow') return Promise.resolve('slow');
        rest = JSON.parse(data as string) as unknown[];
        return several(
          (function* () {
            yield* rest;
          })(),
        );
      },
    });

    receive('slow', '[1,2]', '[3]');

    await vi.waitFor(() => expect(log).toEqual(['"slow"', '1', '2', '3']));
  });

  it('count as what waits: a connection is paused behind a thousand promises of one frame', async () => {
    const { receive, log, transport } = connect({
      encode: JSON.stringify,
      decode: () => several(Array.from({ length: 1001 }, (_, index) => Promise.resolve(index))),
    });

    receive('a');

    expect(transport.calls).toContain('pause');
    await vi.waitFor(() => expect(log).toHaveLength(1001));
    expect(transport.calls.at(-1)).toBe('resume');
  });
});
