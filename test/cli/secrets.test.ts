import { describe, expect, it } from 'vitest';
import { builtCommand, Running } from './command.js';
import { serve } from './server.js';

const command = builtCommand();

const HEADER = ['--header', 'Authorization: Bearer secret'];

/** Everything that the command says, from beginning to end. */
async function saidBy(...args: string[]): Promise<string> {
  const run = new Running(process.execPath, [command.path, ...args, '--delays', '1']);
  await run.exit;
  return [...(await run.output()), ...(await run.story())].join('\n');
}

const secretive = (url: string) => url.replace('ws://', 'ws://user:secret@').concat('/feed?token=secret');

describe('a secret', () => {
  it.each([
    ['is refused', 403],
    ['is redirected', 302],
    ['is refused for now, and refused again', 503],
  ])('is in nothing that the command says where it %s', async (_, status) => {
    const server = await serve([status]);

    const said = await saidBy(secretive(server.url), ...HEADER);

    expect(said).toContain(`status ${status}`);
    expect(said).not.toContain('secret');
  });

  it('is in nothing that the command says of a server that does not speak TLS', async () => {
    const server = await serve([403]);

    const said = await saidBy(secretive(server.url).replace('ws:', 'wss:'), ...HEADER);

    expect(said).toMatch(/^failed /m);
    expect(said).not.toContain('secret');
  });

  it.each([
    ['a URL that is none', ['ws://user:secret@:1/?token=secret']],
    ['a URL with a fragment', ['ws://127.0.0.1:1/#secret']],
    ['a URL of another scheme', ['ftp://user:secret@127.0.0.1/']],
    ['a header without a colon', ['ws://127.0.0.1:1', '--header', 'Bearer secret']],
    ['a header with a line break', ['ws://127.0.0.1:1', '--header', 'Authorization: secret\r\nX: secret']],
    ['a header twice', ['ws://127.0.0.1:1', ...HEADER, ...HEADER]],
    ['a subprotocol that is no token', ['ws://127.0.0.1:1', '--protocol', 'bearer.secret==']],
    ['two URLs', ['ws://127.0.0.1:1/?token=secret', 'ws://127.0.0.1:1/?token=secret']],
  ])('is in nothing that the command says of %s', async (_, args) => {
    const said = await saidBy(...args);

    expect(said).toMatch(/^rxwire: /);
    expect(said).not.toContain('secret');
  });
});
