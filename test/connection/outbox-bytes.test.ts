import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isOutboxOverflowError, observeWebSocket } from '../../src/index.node.js';
import type { WebSocketConfig } from '../../src/index.node.js';
import { messageOf } from '../../src/connection/message.js';
import type { Message } from '../../src/connection/message.js';
import { Outbox } from '../../src/connection/outbox.js';
import { playedSockets } from '../helpers/played-sockets.js';

/** A connection whose bytes wait, and what it gives up. */
function make(outbox: NonNullable<WebSocketConfig['outbox']>) {
  const transport = playedSockets();
  const feed = observeWebSocket<unknown, string | Uint8Array>({
    url: 'ws://test',
    transport,
    outbox,
    codec: { encode: (value) => value, decode: (data) => data },
  });
  const dropped: string[] = [];
  feed.events.subscribe((event) => event.type === 'dropped' && dropped.push(`${event.count} ${event.reason}`));
  const open = () => {
    feed.lifecycle.subscribe();
    transport.socket.open();
    return transport.socket.calls.map((call) => call.replace('send ', ''));
  };
  const fill = (...values: (string | Uint8Array)[]) => values.forEach((value) => feed.messages.next(value));
  return { feed, fill, open, dropped };
}

describe('An outbox of so many bytes', () => {
  it('is one of 16 MiB by default, whatever number of messages that is', () => {
    const { feed, dropped } = make({ capacity: Infinity });
    const message = 'x'.repeat(200_000);

    for (let n = 0; n < 1500; n++) feed.messages.next(message);

    const kept = Math.floor((16 * 1024 * 1024) / 200_000);
    expect(feed.stats).toMatchObject({ queued: kept, dropped: 1500 - kept });
    expect(dropped).toEqual(Array.from({ length: 1500 - kept }, () => '1 overflow'));
  });

  it.each<[string, NonNullable<WebSocketConfig['outbox']>, string[], string[]]>([
    ['gives up the oldest', {}, ['cccc', 'dddd'], ['1 overflow', '1 overflow']],
    ['gives up the newest', { overflow: 'dropNewest' }, ['aaaa', 'bbbb'], ['1 overflow', '1 overflow']],
  ])('%s messages that have no room', (_, outbox, sent, drops) => {
    const { fill, open, dropped } = make({ maxBytes: 8, ...outbox });

    fill('aaaa', 'bbbb', 'cccc', 'dddd');

    expect(dropped).toEqual(drops);
    expect(open()).toEqual(sent);
  });

  it('gives up as many of the oldest as a long one displaces, and reports them at once', () => {
    const { fill, open, dropped } = make({ maxBytes: 8 });

    fill('a', 'b', 'cccc', '7777777');

    expect(dropped).toEqual(['3 overflow']);
    expect(open()).toEqual(['7777777']);
  });

  it.each(['dropOldest', 'dropNewest'] as const)(
    'gives up a message that is longer than all of it, and displaces nothing by it: %s',
    (overflow) => {
      const { fill, open, dropped } = make({ maxBytes: 8, overflow });

      fill('aaaa', '999999999', 'bbbb');

      expect(dropped).toEqual(['1 overflow']);
      expect(open()).toEqual(['aaaa', 'bbbb']);
    },
  );

  it('that has no room throws an error that names this bound, and gives up nothing', () => {
    const { feed, fill, open, dropped } = make({ maxBytes: 8, overflow: 'error' });
    fill('aaaa', 'bbbb');

    let thrown: unknown;
    try {
      feed.messages.next('c');
    } catch (error) {
      thrown = error;
    }

    expect(isOutboxOverflowError(thrown)).toBe(true);
    expect(thrown).toMatchObject({ maxBytes: 8, message: expect.stringContaining('`maxBytes` lets 8 bytes wait') });
    expect(thrown).not.toHaveProperty('capacity', expect.anything());
    expect(dropped).toEqual([]);
    expect(open()).toEqual(['aaaa', 'bbbb']);
  });

  it.each([
    ['a string', 'é€😀', 9],
    ['a half of a surrogate pair', '\uD83D', 3],
    ['bytes', new Uint8Array(9), 9],
    ['a view of more bytes', new Uint8Array(new ArrayBuffer(100), 10, 9), 9],
    ['an empty string', '', 0],
  ])('counts %s by its bytes in UTF-8', (_, value, bytes) => {
    const roomy = make({ maxBytes: bytes });
    const tight = make({ maxBytes: Math.max(0, bytes - 1) });

    roomy.fill(value);
    tight.fill(value);

    expect(roomy.feed.stats.queued).toBe(1);
    expect(tight.feed.stats.queued).toBe(bytes === 0 ? 1 : 0);
  });

  it.each<[string, (outbox: Outbox, clock: { time: number }, first: Message) => unknown]>([
    ['sent', (outbox) => outbox.shift()],
    ['taken back', (outbox, _clock, first) => outbox.takeBack(first)],
    ['given up', (outbox) => outbox.clear()],
    ['too old', (_outbox, clock) => (clock.time = 11)],
  ])('has room again when messages were %s', (_, happens) => {
    const clock = { time: 0, now: () => clock.time };
    const reasons: string[] = [];
    const outbox = new Outbox({ maxBytes: 8, maxAge: 10 }, clock, {
      drop: (_messages, reason) => reasons.push(reason),
    });
    const [first, second, third] = ['aaaa', 'bbbb', 'cccc'].map((frame) => messageOf(frame));
    outbox.push(first!);
    outbox.push(second!);

    happens(outbox, clock, first!);
    outbox.push(third!);

    expect(reasons).not.toContain('overflow');
    expect(outbox.clear().waiting.at(-1)).toBe(third);
  });

  it('is bounded by its capacity too, whichever comes first', () => {
    const { fill, open, dropped } = make({ maxBytes: 8, capacity: 2 });

    fill('a', 'b', 'c', '4444', '4444');

    expect(dropped).toEqual(['1 overflow', '1 overflow', '1 overflow']);
    expect(open()).toEqual(['4444', '4444']);
  });

  test.prop([
    fc.constantFrom('dropOldest' as const, 'dropNewest' as const),
    fc.nat(20),
    fc.array(fc.string({ maxLength: 12, unit: 'binary' }), { maxLength: 30 }),
  ])('never holds more, and sends what it has kept in order', (overflow, maxBytes, values) => {
    const { feed, fill, open } = make({ maxBytes, overflow });
    const numbered = values.map((value, n) => `${n % 10}${value}`);
    const bytesOf = (texts: string[]) => texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);

    fill(...numbered);
    const { queued } = feed.stats;
    const sent = open();

    expect(sent).toHaveLength(queued);
    expect(bytesOf(sent)).toBeLessThanOrEqual(maxBytes);
    let from = 0;
    for (const text of sent) from = numbered.indexOf(text, from) + 1;
    expect(sent.every((text) => numbered.includes(text))).toBe(true);
    expect(from).toBeLessThanOrEqual(numbered.length);
  });
});
