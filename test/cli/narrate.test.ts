import { describe, expect, it } from 'vitest';
import { isWorthSaying, lineOf, LOG_LEVELS, remarkOn, wantsColour } from '../../src/cli/narrate.js';
import { ConnectionClosedError } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';

const error = new ConnectionClosedError({ code: 1006, reason: '', wasClean: false });

describe('what is told on stderr', () => {
  it.each<[LifecycleEvent, string]>([
    [{ type: 'connecting', attempt: 3 }, 'attempt 3'],
    [{ type: 'heartbeat', latency: 12 }, 'answered in 12 ms'],
    [{ type: 'heartbeat', latency: 1234 }, 'answered in 1.2 s'],
    [{ type: 'rejected', data: 'x', error: new Error('Not JSON.') }, 'Not JSON.'],
    [{ type: 'dropped', count: 1, reason: 'closed' }, '1 message not sent: closed'],
    [{ type: 'dropped', count: 2, reason: 'overflow' }, '2 messages not sent: overflow'],
    [{ type: 'error', error }, 'The connection was closed with code 1006.'],
    [{ type: 'close', code: 1000, reason: '', wasClean: true, initiator: 'local' }, '1000 by us'],
    [{ type: 'close', code: 4403, reason: 'no', wasClean: true, initiator: 'remote' }, '4403 (no) by the peer'],
    [{ type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'remote' }, '1006 without a close frame'],
    [{ type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'local' }, '1006 given up by us'],
    [
      { type: 'reconnecting', retry: 2, delay: 3456, error },
      'retry 2 in 3.5 s: The connection was closed with code 1006.',
    ],
  ])('says of %o: %s', (event, text) => {
    expect(remarkOn(event)).toEqual({ word: event.type, text });
  });

  it('colours the first word where colours are wanted', () => {
    const remark = { word: 'open', text: 'ws://127.0.0.1/' } as const;

    expect(lineOf(remark, false)).toBe('open          ws://127.0.0.1/\n');
    expect(lineOf(remark, true)).toBe('\x1b[32mopen\x1b[39m          ws://127.0.0.1/\n');
  });

  it('lets nothing that the peer says break the line or speak to the terminal', () => {
    expect(lineOf({ word: 'close', text: '4000 (a\nb\x1b[2J\x9b)' }, false)).toBe(
      'close         4000 (a\\x0ab\\x1b[2J\\x9b)\n',
    );
  });

  it('is what the log level asks for, or what is worse', () => {
    const words = [
      'connecting',
      'heartbeat',
      'open',
      'summary',
      'close',
      'rejected',
      'reconnecting',
      'failed',
    ] as const;
    const saidAt = LOG_LEVELS.map((level) => words.filter((word) => isWorthSaying({ word, text: '' }, level)));

    expect(saidAt).toEqual([words, words.slice(2), words.slice(5), ['failed'], []]);
  });

  it('is in colour on a terminal only, and not where NO_COLOR is set', () => {
    const terminal = { isTTY: true, hasColors: () => true };

    expect(wantsColour(terminal, {})).toBe(true);
    expect(wantsColour(terminal, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true, hasColors: () => false }, {})).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
  });
});
