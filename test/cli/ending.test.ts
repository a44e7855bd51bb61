import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { builtCommand, Running } from './command.js';
import { serve } from './server.js';

const command = builtCommand();
const rxwire = (...args: string[]) => new Running(process.execPath, [command.path, ...args]);

const count = (socket: WebSocket) => {
  for (let number = 1; number <= 5; number++) socket.send(String(number));
};

describe('--count', () => {
  it('closes with 1000 after so many messages, and exits with 0', async () => {
    const server = await serve([count]);
    const run = rxwire(server.url, '--count', '3');

    expect(await run.output()).toEqual(['1', '2', '3']);
    expect(await run.exit).toBe(0);
    expect(await server.closed()).toBe(1000);
  });

  it('is one with -1', async () => {
    const server = await serve([count]);

    expect(await rxwire('-1', server.url).output()).toEqual(['1']);
  });

  it('counts messages, not batches', async () => {
    const server = await serve([count]);

    expect(await rxwire(server.url, '--count', '3', '--batch', '2').output()).toEqual(['[1,2]', '[3]']);
  });

  it('goes on over reconnects', async () => {
    const server = await serve([
      (socket) => {
        socket.send('1');
        socket.close(1011);
      },
    ]);

    expect(await rxwire(server.url, '--count', '2', '--delays', '1').output()).toEqual(['1', '1']);
  });
});

describe('A reader of stdout that is gone', () => {
  it('ends the run, even if nothing more is printed', async () => {
    const server = await serve([(socket) => socket.send('1')]);
    const script = '{ "$0" "$1" "$2"; echo "status $?" >&2; } | head -1';

    const run = new Running('sh', ['-c', script, process.execPath, command.path, server.url]);

    expect(await run.output()).toEqual(['1']);
    expect(await run.exit).toBe(0);
    expect(await run.logLines()).toEqual(['connecting attempt 1', `open ${server.url}`, 'status 0']);
    expect(await server.closed()).toBe(1000);
  });

  it('is watched without holding the pipe open after the end', async () => {
    const server = await serve([count]);

    const run = new Running('sh', ['-c', '"$0" "$@" | cat', process.execPath, command.path, server.url, '-1']);

    expect(await run.output()).toEqual(['1']);
    expect(await run.exit).toBe(0);
  });
});

describe('A signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('like %s closes with 1000, and exits with 0', async (signal) => {
    const server = await serve([(socket) => socket.send('1')]);
    const run = rxwire(server.url);

    await run.printed(1);
    run.signal(signal);

    expect(await run.exit).toBe(0);
    expect(await server.closed()).toBe(1000);
  });
});

describe('--no-reconnect', () => {
  it('ends with the first connection, and exits with 1', async () => {
    const server = await serve([(socket) => socket.close(1012)]);
    const run = rxwire(server.url, '--no-reconnect');

    expect(await run.exit).toBe(1);
    expect(server.attempts).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(/^failed .*1012/);
  });
});

describe('The log', () => {
  it('holds failures only with --quiet', async () => {
    const server = await serve([
      (socket) => {
        socket.send('1');
        socket.close(4403);
      },
    ]);
    const run = rxwire('-q', server.url);

    expect(await run.output()).toEqual(['1']);
    expect((await run.logLines()).map((line) => line.split(' ')[0])).toEqual(['failed']);
  });

  it('has the ping and pong frames of the peer with --show-pings', async () => {
    const server = await serve([(socket) => socket.ping('are you\nthere?')]);
    const run = rxwire(server.url, '--show-pings', '--heartbeat', '20');

    expect(await run.logLine('ping')).toBe('ping          of the peer: are you\\x0athere?');
    expect(await run.logLine('pong')).toBe('pong          of the peer');
  });
});

describe('A text that nobody reads to its end', () => {
  it.each([['--help'], ['--version'], ['--completion', 'bash']])('is no failure: %s %s', async (...args) => {
    const child = spawn(process.execPath, [command.path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();

    const [[status], errors] = await Promise.all([once(child, 'exit'), text(child.stderr)]);

    expect([status, errors]).toEqual([0, '']);
  });

  it('is one where it could not be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [command.path, '--help'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);

    const [[status], errors] = await Promise.all([once(child, 'exit'), text(child.stderr!)]);

    expect([status, errors]).toEqual([1, 'rxwire: ENOSPC: no space left on device, write\n']);
  });
});

it('--wait takes longer than a timer can', async () => {
  const server = await serve([(socket) => socket.on('message', (data: Buffer) => socket.send(data.toString()))]);
  const run = rxwire(server.url, '-x', '"x"', '--exit-on-eof', '--wait', '3000000000', '--count', '1');

  expect(await run.output()).toEqual(['"x"']);
  expect(await run.exit).toBe(0);
});
