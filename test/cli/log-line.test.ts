import { describe, expect, it } from 'vitest';
import { formatLine, isLogged, lineFor, wantsColour } from '../../src/cli/log-line.js';
import { LOG_LEVELS } from '../../src/cli/option-definition.js';
import { ConnectionClosedError } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';

const error = new ConnectionClosedError({ code: 1006, reason: '', wasClean: false });

describe('A log line', () => {
  it.each<[LifecycleEvent, string]>([
    [{ type: 'connecting', attempt: 3 }, 'attempt 3'],
    [{ type: 'heartbeat', latency: 12 }, 'answered in 12 ms'],
    [{ type: 'heartbeat', latency: 1234 }, 'answered in 1.2 s'],
    [{ type: 'rejected', data: 'x', error: new Error('Not JSON.') }, 'Not JSON.'],
    [{ type: 'dropped', count: 1, reason: 'closed' }, '1 message not sent: closed'],
    [{ type: 'dropped', count: 2, reason: 'overflow' }, '2 messages not sent: overflow'],
    [{ type: 'error', error }, 'The connection was closed with code 1006.'],
    [{ type: 'error', error: new Error('write EPROTO …:350:\n') }, 'write EPROTO …:350:'],
    [
      { type: 'reconnecting', retry: 1, delay: 1, error: new Error('tlsv13 alert certificate required:…\n') },
      'retry 1 in 1 ms: tlsv13 alert certificate required:… (--cert and --key send a certificate of the client)',
    ],
    [{ type: 'close', code: 1000, reason: '', wasClean: true, initiator: 'local' }, '1000 by us'],
    [{ type: 'close', code: 4403, reason: 'no', wasClean: true, initiator: 'remote' }, '4403 (no) by the peer'],
    [{ type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'remote' }, '1006 without a Close frame'],
    [{ type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'local' }, '1006 terminated by us'],
    [
      { type: 'reconnecting', retry: 2, delay: 3456, error },
      'retry 2 in 3.5 s: The connection was closed with code 1006.',
    ],
  ])('describes %o: %s', (event, text) => {
    expect(lineFor(event)).toEqual({ label: event.type, text });
  });

  it('has a coloured label if colours are on', () => {
    const line = { label: 'open', text: 'ws://127.0.0.1/' } as const;

    expect(formatLine(line, false)).toBe('open          ws://127.0.0.1/\n');
    expect(formatLine(line, true)).toBe('\x1b[32mopen\x1b[39m          ws://127.0.0.1/\n');
  });

  it('escapes control characters of the peer', () => {
    expect(formatLine({ label: 'close', text: '4000 (a\nb\x1b[2J\x9b)' }, false)).toBe(
      'close         4000 (a\\x0ab\\x1b[2J\\x9b)\n',
    );
  });

  it('is logged at its level and below', () => {
    const labels = [
      'connecting',
      'heartbeat',
      'open',
      'summary',
      'close',
      'rejected',
      'reconnecting',
      'failed',
    ] as const;
    const loggedAt = LOG_LEVELS.map((level) => labels.filter((label) => isLogged({ label, text: '' }, level)));

    expect(loggedAt).toEqual([labels, labels.slice(2), labels.slice(5), ['failed'], []]);
  });

  it('is coloured on a terminal only, and not if NO_COLOR is set', () => {
    const terminal = { isTTY: true, hasColors: () => true };

    expect(wantsColour(terminal, {})).toBe(true);
    expect(wantsColour(terminal, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true, hasColors: () => false }, {})).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
  });
});
