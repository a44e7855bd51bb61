import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { builtCommand, Running } from './command.js';
import { folderWith } from './folder.js';
import { serve } from './server.js';

const command = builtCommand();
const rxwire = (...args: string[]) => new Running(process.execPath, [command.path, ...args]);

const hello = (socket: WebSocket) => socket.send('"hello"');

/** The headers that the command sends with these arguments. */
async function headersOf(...args: string[]): Promise<IncomingHttpHeaders> {
  let headers: IncomingHttpHeaders = {};
  const server = await serve([
    (socket, request) => {
      headers = request.headers;
      hello(socket);
    },
  ]);
  await rxwire(server.url, '-1', ...args).exit;
  return headers;
}

describe('The handshake', () => {
  it('has what the short options give', async () => {
    const headers = await headersOf('-H', 'X-Y: z', '-s', 'v2', '-s', 'v1', '-o', 'https://feed.example');

    expect(headers).toMatchObject({ 'x-y': 'z', 'sec-websocket-protocol': 'v2,v1', origin: 'https://feed.example' });
  });

  it('has the user name and the password of --auth', async () => {
    const { authorization } = await headersOf('--auth', 'user:pä:ss');

    expect(Buffer.from(authorization!.slice('Basic '.length), 'base64').toString()).toBe('user:pä:ss');
  });

  it('has those of the URL', async () => {
    let authorization: string | undefined;
    const server = await serve([
      (socket, request) => {
        ({ authorization } = request.headers);
        hello(socket);
      },
    ]);

    await rxwire('-1', server.url.replace('ws://', 'ws://user:p%C3%A4ss@')).exit;

    expect(Buffer.from(authorization!.slice('Basic '.length), 'base64').toString()).toBe('user:päss');
  });

  it('that is answered with a redirect is refused, and the status is shown', async () => {
    const server = await serve([{ status: 302, headers: ['Location: /elsewhere'] }]);
    const run = rxwire(server.url);

    expect(await run.exit).toBe(1);
    expect(server.attempts).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(
      /^failed .*status 302\. \(the URL has moved, and redirects are not followed\)$/,
    );
  });

  it('offers compression with --compress alone', async () => {
    expect(await headersOf()).not.toHaveProperty('sec-websocket-extensions');
    expect(await headersOf('--compress')).toMatchObject({
      'sec-websocket-extensions': expect.stringContaining('permessage-deflate') as string,
    });
  });

  it('goes to the URL of -c, and to one without a scheme', async () => {
    const server = await serve([hello]);

    expect(await rxwire('-1', '-c', server.url).output()).toEqual(['"hello"']);
    expect(await rxwire('-1', server.url.replace('ws://', '')).output()).toEqual(['"hello"']);
  });

  it('goes to a Unix socket, with its path', async () => {
    const folder = await folderWith();
    let path: string | undefined;
    const server = await serve(
      [
        (socket, request) => {
          path = request.url;
          hello(socket);
        },
      ],
      { socket: folder('feed.sock') },
    );
    const run = rxwire('-1', `${server.url}:/trades?token=secret`);

    expect(await run.output()).toEqual(['"hello"']);
    expect(path).toBe('/trades?token=secret');
    expect((await run.logLines()).join()).not.toContain('secret');
  });

  it('is given up after --connect-timeout, and the error names that option', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void mute.close());
    const run = rxwire(
      `127.0.0.1:${(mute.address() as AddressInfo).port}`,
      '--connect-timeout',
      '50',
      '--no-reconnect',
    );

    expect(await run.exit).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(/^failed .*50 ms.*\(--connect-timeout sets how long to wait\)$/);
  });

  it('that is refused for lack of credentials names the options that give them', async () => {
    const server = await serve([401]);
    const run = rxwire(server.url);

    expect(await run.exit).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(/^failed .*status 401\. \(--auth or --header /);
  });
});

describe('A message longer than --max-payload', () => {
  it('ends the run with an error that names that option', async () => {
    const server = await serve([(socket) => socket.send('x'.repeat(2000))]);

    const run = rxwire(server.url, '--max-payload', '1000');

    expect(await run.exit).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(/^failed .*1009.*1000 bytes.*\(--max-payload sets the limit\)$/);
  });
});
