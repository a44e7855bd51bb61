import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { builtCommand, Running } from './command.js';
import { folderWith } from './folder.js';
import { serve } from './server.js';

const command = builtCommand();
const rxwire = (...args: string[]) => new Running(process.execPath, [command.path, ...args]);

const echo = (socket: WebSocket) => socket.on('message', (data: Buffer) => socket.send(data.toString()));

describe('--on-open', () => {
  it('sends its lines after every connect, before the file and stdin', async () => {
    const file = await folderWith({ lines: 'file\n' });
    const server = await serve([(socket) => socket.on('message', () => undefined), () => undefined]);
    let attempts = 0;
    const twice = await serve([
      (socket) => {
        const isFirst = attempts++ === 0;
        socket.on('message', (data: Buffer) => {
          if (isFirst && data.toString() === 'stdin') socket.terminate();
        });
      },
    ]);

    const run = rxwire(server.url, '-x', 'one', '--on-open', 'two', '--send-file', file('lines'));
    run.stdin.end('stdin\n');
    rxwire(twice.url, '-x', 'again', '--delays', '1').stdin.end('stdin\n');

    expect(await server.received(4)).toEqual(['one', 'two', 'file', 'stdin']);
    expect(await twice.received(3)).toEqual(['again', 'stdin', 'again']);
  });
});

describe('--exit-on-eof', () => {
  it('closes with 1000 when everything is sent and replies have had their time, and exits with 0', async () => {
    const server = await serve([echo]);
    const run = rxwire(server.url, '--exit-on-eof', '--text');

    run.stdin.end('a\nb');

    expect(await run.output()).toEqual(['a', 'b']);
    expect(await run.exit).toBe(0);
    expect(await server.closed()).toBe(1000);
    expect((await run.logLines()).at(-1)).toBe('ended closed as asked');
  });

  it('waits for --wait, and for a connection', async () => {
    const late = (socket: WebSocket) => socket.on('message', () => setTimeout(() => socket.send('late'), 300));
    const server = await serve([503, late]);
    const run = rxwire(server.url, '--exit-on-eof', '-w', '1500', '--text', '--delays', '1');

    run.stdin.end('a');

    expect(await run.output()).toEqual(['late']);
    expect(await run.exit).toBe(0);
  });

  it('sends --on-open without any line of stdin', async () => {
    const server = await serve([echo]);
    const run = rxwire(server.url, '-x', 'hello', '--exit-on-eof', '--text');

    run.stdin.end();

    expect(await run.output()).toEqual(['hello']);
    expect(await run.exit).toBe(0);
  });
});

describe('--pace', () => {
  it('sends so many lines in any window', async () => {
    const times: number[] = [];
    const server = await serve([(socket) => socket.on('message', () => times.push(performance.now()))]);
    const run = rxwire(server.url, '--pace', '2/300', '--exit-on-eof');

    run.stdin.end('1\n2\n3\n4\n5\n');

    expect(await run.exit).toBe(0);
    expect(await server.received(5)).toEqual(['1', '2', '3', '4', '5']);
    expect(times[4]! - times[0]!).toBeGreaterThan(550);
  });
});

describe('A line', () => {
  it('of 48 MB is sent, in linear time', async () => {
    const server = await serve([(socket) => socket.on('message', (data: Buffer) => socket.send(`"${data.length}"`))], {
      maxPayload: 64 * 1024 * 1024,
    });
    const run = rxwire(server.url, '-1');

    const part = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < 48; sent++) if (!run.stdin.write(part)) await once(run.stdin, 'drain');
    run.stdin.end('\n');

    expect(await run.output()).toEqual([`"${48 * 1024 * 1024}"`]);
  });
});
