import { describe, expect, it } from 'vitest';
import { builtCommand, Running } from './command.js';
import { serve } from './server.js';

const command = builtCommand();

const HEADER = ['--header', 'Authorization: Bearer secret'];

/** Everything that the command prints. */
async function outputOf(...args: string[]): Promise<string> {
  const run = new Running(process.execPath, [command.path, ...args, '--delays', '1']);
  await run.exit;
  return [...(await run.output()), ...(await run.logLines())].join('\n');
}

const withSecrets = (url: string) => url.replace('ws://', 'ws://user:secret@').concat('/feed?token=secret');

describe('A secret', () => {
  it.each([
    ['is refused', 403],
    ['is redirected', 302],
    ['is refused for now, and again on the retry', 503],
  ])('is not in the output if the handshake %s', async (_, status) => {
    const server = await serve([status]);

    const output = await outputOf(withSecrets(server.url), ...HEADER);

    expect(output).toContain(`status ${status}`);
    expect(output).not.toContain('secret');
  });

  it('is not in the output if the server does not speak TLS', async () => {
    const server = await serve([403]);

    const output = await outputOf(withSecrets(server.url).replace('ws:', 'wss:'), ...HEADER);

    expect(output).toMatch(/^failed /m);
    expect(output).not.toContain('secret');
  });

  it.each([
    ['an invalid URL', ['ws://user:secret@:1/?token=secret']],
    ['a URL with a fragment', ['ws://127.0.0.1:1/#secret']],
    ['a URL of another scheme', ['ftp://user:secret@127.0.0.1/']],
    ['a header without a colon', ['ws://127.0.0.1:1', '--header', 'Bearer secret']],
    ['a header with a line break', ['ws://127.0.0.1:1', '--header', 'Authorization: secret\r\nX: secret']],
    ['a header twice', ['ws://127.0.0.1:1', ...HEADER, ...HEADER]],
    ['a subprotocol that is not a token', ['ws://127.0.0.1:1', '--protocol', 'bearer.secret==']],
    ['two URLs', ['ws://127.0.0.1:1/?token=secret', 'ws://127.0.0.1:1/?token=secret']],
  ])('is not in the output about %s', async (_, args) => {
    const output = await outputOf(...args);

    expect(output).toMatch(/^rxwire: /);
    expect(output).not.toContain('secret');
  });
});
