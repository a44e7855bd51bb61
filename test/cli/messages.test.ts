import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { builtCommand, Running } from './command.js';
import { serve } from './server.js';

const command = builtCommand();

/** What the command prints of these messages. */
async function printed(messages: readonly (string | Uint8Array)[], ...args: string[]): Promise<string[]> {
  const server = await serve([
    (socket: WebSocket) => {
      for (const message of messages) socket.send(message);
      socket.close(4403);
    },
  ]);
  return new Running(process.execPath, [command.path, server.url, ...args]).output();
}

const BYTES = new Uint8Array([0, 0xff, 0x10]);
const messages = ['{"a":\r\n 1}', 'oops', 'two\nlines', Buffer.from('"ä"'), Buffer.from('bytes'), BYTES];

describe('A message', () => {
  it('is a line of JSON, whatever it is', async () => {
    expect(await printed(messages)).toEqual(['{"a":1}', '"oops"', '"two\\nlines"', '"ä"', '"bytes"', '"AP8Q"']);
  });

  it('is itself with --text, with visible line breaks', async () => {
    expect(await printed(messages, '--text')).toEqual([
      '{"a":\\r\\n 1}',
      'oops',
      'two\\nlines',
      '"ä"',
      'bytes',
      'AP8Q',
    ]);
  });

  it.each([
    ['hex', ['"22c3a422"', '"6279746573"', '"00ff10"']],
    ['base64', ['"IsOkIg=="', '"Ynl0ZXM="', '"AP8Q"']],
  ])('that is binary is %s with --binary', async (form, lines) => {
    expect(await printed(messages, '--binary', form)).toEqual(['{"a":1}', '"oops"', '"two\\nlines"', ...lines]);
    expect((await printed([BYTES], '--text', '--binary', form))[0]).toBe(JSON.parse(lines[2]!));
  });

  it('is refused with --strict if it is not JSON; with --binary, binary ones are not', async () => {
    expect(await printed(messages, '--strict')).toEqual(['{"a":1}', '"ä"']);
    expect(await printed(['1', 'oops', BYTES], '--strict', '--binary', 'hex')).toEqual(['1', '"00ff10"']);
  });

  it('of any length is printed in linear time, blanks too', async () => {
    const blanks = `[${' '.repeat(300_000)}1]`;

    expect(await printed([blanks])).toEqual([blanks]);
  });

  it.each([
    ['pong in any case', [], ['pong', 'Pong', ' PONG\n'], ['"ping"', '"pong!"']],
    ['the text of --pong', ['--pong', '{"op":"pong"}'], ['{"op":"pong"}'], ['"pong"', '{"op":"pong!"}']],
  ])('that answers --ping is not printed: %s', async (_, args, replies, others) => {
    const sent = [...replies, ...others.map((line) => (line.startsWith('"') ? (JSON.parse(line) as string) : line))];

    expect(await printed(sent, '--ping', 'ping', ...args)).toEqual(others);
  });

  it('like pong is printed without --ping', async () => {
    expect(await printed(['pong'])).toEqual(['"pong"']);
  });
});
