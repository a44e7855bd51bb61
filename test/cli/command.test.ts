import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import manifest from '../../package.json' with { type: 'json' };
import { builtCommand, Running, textOf } from './command.js';
import { serve } from './server.js';

const command = builtCommand();

function rxwire(...args: string[]): Running {
  return new Running(process.execPath, [command.path, ...args]);
}

/** Runs the command, and leaves stdout to the test. */
function rxwireUnread(...args: string[]): Running {
  return new Running(process.execPath, [command.path, ...args], { reading: false });
}

/** Sends these messages, then closes with a code that is not retried. */
function sendAndForbid(...messages: (string | Uint8Array)[]) {
  return (socket: WebSocket) => {
    for (const message of messages) socket.send(message);
    socket.close(4403, 'forbidden');
  };
}

describe('rxwire', () => {
  it('prints each message as a line of JSON, logs the lifecycle on stderr, and ends with the error', async () => {
    const server = await serve([sendAndForbid('{"price":1.5}', '[1,\r\n  2 ]', Buffer.from('"ä"'))]);

    const run = rxwire(server.url);

    expect(await run.exit).toBe(1);
    expect(await run.output()).toEqual(['{"price":1.5}', '[1,2 ]', '"ä"']);
    expect(await run.logLines()).toEqual([
      'connecting attempt 1',
      `open ${server.url}`,
      'close 4403 (forbidden) by the peer',
      'summary 3 received, 0 reconnects (0 retries), 0 rejected',
      'failed No retry can cure this: The connection was closed with code 4403 (forbidden).',
    ]);
  });

  it('keeps numbers that no double can hold', async () => {
    const server = await serve([sendAndForbid('{"id":12345678901234567890}')]);

    expect(await rxwire(server.url).output()).toEqual(['{"id":12345678901234567890}']);
  });

  it('logs a message that is not JSON with --strict, and goes on', async () => {
    const server = await serve([sendAndForbid('1', 'oops\n\x1b[2J', '2')]);

    const run = rxwire('--strict', server.url);

    expect(await run.output()).toEqual(['1', '2']);
    expect(await run.logLines()).toContainEqual(expect.stringMatching(/^rejected .*oops\\x0a\\x1b\[2J/));
    expect(await run.logLines()).toContainEqual(expect.stringMatching(/^summary 3 received, .* 1 rejected$/));
  });

  it('prints messages as text with --text, and with --strict logs those that are not text', async () => {
    const server = await serve([sendAndForbid('oops', Buffer.from('bytes'), new Uint8Array([0xff]), '{ }')]);

    const run = rxwire('--text', '--strict', server.url);

    expect(await run.output()).toEqual(['oops', 'bytes', '{ }']);
    expect(await run.logLines()).toContainEqual(expect.stringMatching(/^rejected /));
  });

  it('logs the levels that --log-level includes', async () => {
    const server = await serve([sendAndForbid('oops')]);

    const problems = rxwire('--log-level', 'warn', '--strict', server.url);
    const nothing = rxwire('--log-level', 'silent', '--strict', server.url);

    expect((await problems.logLines()).map((line) => line.split(' ')[0])).toEqual(['rejected', 'failed']);
    expect(await nothing.logLines()).toEqual([]);
    expect(await nothing.exit).toBe(1);
  });

  it('shows no secrets of the URL', async () => {
    const server = await serve([sendAndForbid()]);

    const run = rxwire(`${server.url.replace('ws://', 'ws://user:secret@')}/feed?token=secret`);

    expect(await run.logLines()).toContain(`open ${server.url}/feed`);
    expect((await run.logLines()).join()).not.toContain('secret');
  });
});

describe('stdin', () => {
  it('is sent line by line, empty ones not, a last line without a line break too; its end does not end the run', async () => {
    let peer: WebSocket | undefined;
    const server = await serve([(socket) => (peer = socket)]);
    const run = rxwire(server.url);

    run.stdin.end('{"op": "subscribe"}\n\nnot JSON\r\n"\u2028"\nlast');

    expect(await server.received(4)).toEqual(['{"op": "subscribe"}', 'not JSON', '"\u2028"', 'last']);
    peer!.send('"still here"');
    expect(await run.printed(1)).toEqual(['"still here"']);
  });

  it('waits for a connection, whatever its length', async () => {
    const server = await serve([503, () => undefined]);
    const lines = Array.from({ length: 3000 }, (_, line) => `${line}`);
    const run = rxwire(server.url, '--delays', '1');

    run.stdin.end(lines.join('\n'));

    expect(await server.received(3000)).toEqual(lines);
  });
});

describe('A file', () => {
  async function fileOf(content: string | Readable): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'rxwire-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'lines'), content);
    return join(folder, 'lines');
  }

  it('is sent line by line, before stdin', async () => {
    const server = await serve([() => undefined]);
    const run = rxwire(server.url, '--send-file', await fileOf('1\n2\nlast of the file'));

    run.stdin.end('first of stdin\n');

    expect(await server.received(4)).toEqual(['1', '2', 'last of the file', 'first of stdin']);
  });

  it('is sent in full, no faster than a slow peer reads', async () => {
    const count = 200_000;
    const lineOf = (number: number) => String(number).padEnd(1023);
    const lines = Readable.from(
      (function* () {
        for (let number = 0; number < count; number++) yield `${lineOf(number)}\n`;
      })(),
    );
    let expected = 0;
    const server = await serve([
      (socket) =>
        socket.on('message', (data: Buffer) => {
          if (data.toString() !== lineOf(expected)) socket.close(4400, `not ${expected}`);
          if (++expected % 1000 === 0) {
            socket.pause();
            setTimeout(() => socket.resume(), 1);
          }
          if (expected === count) socket.send('"all of it"');
        }),
    ]);

    const run = rxwire(server.url, '--send-file', await fileOf(lines));

    expect(await run.printed(1)).toEqual(['"all of it"']);
    expect(await run.peakMemory()).toBeLessThan(160 * 1024 * 1024);
  }, 60_000);

  it('that does not exist is an invalid command line, and no connection is made', async () => {
    const server = await serve([() => undefined]);
    const run = rxwire(server.url, '--send-file', '/no/such/file');

    expect(await run.exit).toBe(2);
    expect(await run.logLines()).toEqual(["rxwire: ENOENT: no such file or directory, open '/no/such/file'"]);
    expect(server.attempts).toBe(0);
  });

  it('that cannot be read is an error that ends the run', async () => {
    const server = await serve([() => undefined]);
    const run = rxwire(server.url, '--send-file', tmpdir());

    expect(await run.exit).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(/^failed EISDIR/);
  });
});

describe('Batches', () => {
  it('are one JSON array per line, and the last one is printed at the end', async () => {
    const server = await serve([sendAndForbid('1', '{"a":2}', '3')]);

    const run = rxwire(server.url, '--batch', '2', '--every', '60000');

    expect(await run.output()).toEqual(['[1,{"a":2}]', '[3]']);
    expect(await run.logLines()).toContainEqual(expect.stringMatching(/^summary 3 received, 2 batches, /));
  });

  it('are printed after --every at the latest', async () => {
    const server = await serve([(socket) => socket.send('1')]);

    const run = rxwire(server.url, '--batch', '100', '--every', '10');

    expect(await run.printed(1)).toEqual(['[1]']);
  });

  it('hold strings with --text', async () => {
    const server = await serve([sendAndForbid('a"b', '2')]);

    expect(await rxwire(server.url, '--text', '--batch', '2').output()).toEqual(['["a\\"b","2"]']);
  });
});

describe('The handshake', () => {
  it('carries the headers and offers the subprotocols', async () => {
    let headers: NodeJS.Dict<string | string[]> = {};
    const server = await serve([
      (socket, request) => {
        headers = request.headers;
        sendAndForbid()(socket);
      },
    ]);

    const run = rxwire(
      server.url,
      ...['--header', 'Authorization: Bearer a:b', '--header', 'X-Y: z'],
      ...['--protocol', 'v2', '--protocol', 'v1'],
    );

    expect(await run.logLines()).toContain(`open ${server.url}, subprotocol v2`);
    expect(headers).toMatchObject({
      authorization: 'Bearer a:b',
      'x-y': 'z',
      'sec-websocket-protocol': 'v2,v1',
    });
  });
});

describe('The heartbeat', () => {
  it('is measured', async () => {
    const server = await serve([() => undefined]);

    const run = rxwire(server.url, '--heartbeat', '20');

    expect(await run.logLine('heartbeat', 1)).toMatch(/^heartbeat {5}answered in \d+ ms$/);
  });

  it('ends a connection whose peer does not answer', async () => {
    const server = await serve([() => undefined], { autoPong: false });

    const run = rxwire(server.url, '--heartbeat', '10', '--heartbeat-timeout', '30', '--max-retries', '0');

    expect(await run.exit).toBe(1);
    expect((await run.logLines()).slice(2)).toEqual([
      'close 1006 terminated by us',
      'summary 0 received, 0 reconnects (0 retries), 0 rejected',
      'failed The peer gave no sign of life for 30 ms. (--heartbeat-timeout waits longer, --ping TEXT sends a message as the ping)',
    ]);
  });

  it('is a message with --ping, and any message answers it', async () => {
    const server = await serve([(socket) => socket.on('message', () => socket.send('"pong"'))], { autoPong: false });

    const run = rxwire(server.url, '--heartbeat', '20', '--ping', 'are you there?');

    await run.logLine('heartbeat');
    expect(await server.received(1)).toEqual(['are you there?']);
    expect(await run.printed(1)).toEqual(['"pong"']);
  });
});

describe('Retries', () => {
  it('follow a broken connection', async () => {
    const server = await serve([(socket) => socket.terminate(), sendAndForbid('1')]);

    const run = rxwire(server.url, '--delays', '1');

    expect(await run.output()).toEqual(['1']);
    expect(await run.logLines()).toEqual([
      'connecting attempt 1',
      `open ${server.url}`,
      'close 1006 without a Close frame',
      'reconnecting retry 1 in 1 ms: The connection was closed with code 1006.',
      'connecting attempt 2',
      `open ${server.url}`,
      'close 4403 (forbidden) by the peer',
      'summary 1 received, 1 reconnect (1 retry), 0 rejected',
      'failed No retry can cure this: The connection was closed with code 4403 (forbidden).',
    ]);
  });

  it('stop after --max-retries', async () => {
    const server = await serve([503]);

    const run = rxwire(server.url, '--max-retries', '1');

    expect(await run.exit).toBe(1);
    expect(server.attempts).toBe(2);
    expect((await run.logLines()).at(-1)).toBe('failed The server refused the handshake with status 503.');
  });

  it('stop after the last of the --delays', async () => {
    const server = await serve([503]);

    const run = rxwire(server.url, '--delays', '1,2');

    expect(await run.exit).toBe(1);
    expect(server.attempts).toBe(3);
  });

  it('stop on the codes of --fatal, in place of the standard ones', async () => {
    const server = await serve([(socket) => socket.close(4403), (socket) => socket.close(4999)]);

    const run = rxwire(server.url, '--fatal', '4998,4999', '--delays', '1,1,1');

    expect(await run.exit).toBe(1);
    expect(server.attempts).toBe(2);
    expect((await run.logLines()).at(-1)).toBe(
      'failed No retry can cure this: The connection was closed with code 4999.',
    );
  });

  it('stop on a fatal refusal', async () => {
    const server = await serve([401]);

    expect(await rxwire(server.url).exit).toBe(1);
    expect(server.attempts).toBe(1);
  });
});

describe('The end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'comes with %s: the connection is closed with 1000, then it exits with 0',
    async (signal) => {
      const server = await serve([(socket) => socket.send('1')]);
      const run = rxwire(server.url, '--batch', '100', '--every', '60000');
      await run.logLine('open');
      run.stdin.end('seen');
      await server.received(1);

      run.signal(signal);

      expect(await run.exit).toBe(0);
      expect(await server.closed()).toBe(1000);
      expect(await run.output()).toEqual(['[1]']);
      expect((await run.logLines()).slice(2)).toEqual([
        'close 1000 by us',
        'summary 1 received, 1 batch, 0 reconnects (0 retries), 0 rejected',
        'ended closed as asked',
      ]);
    },
  );

  it('comes at once while a retry waits', async () => {
    const server = await serve([503]);
    const run = rxwire(server.url, '--delays', '600000');
    await run.logLine('reconnecting');

    run.signal('SIGINT');

    expect(await run.exit).toBe(0);
  });

  it('comes at once with a second signal, even if the peer does not answer', async () => {
    let tcp: Socket | undefined;
    const server = await serve([(_, request) => (tcp = request.socket)]);
    const run = rxwire(server.url);
    await run.logLine('open');
    const closeFrame = new Promise((resolve) => tcp!.removeAllListeners('data').once('data', resolve));
    run.signal('SIGINT');
    await closeFrame;

    run.signal('SIGINT');

    expect(await run.exit).toBe(null);
    expect((await run.logLines()).slice(2)).toEqual([]);
  });

  it('keeps output that has not been read yet', async () => {
    const long = JSON.stringify('x'.repeat(4_000_000));
    const server = await serve([(socket) => socket.send(long)]);
    const run = rxwireUnread(server.url);
    await once(run.stdout, 'readable');

    run.signal('SIGTERM');
    await run.logLine('ended');

    expect((await textOf(run.stdout)) === `${long}\n`).toBe(true);
    expect(await run.exit).toBe(0);
  });

  it('is without an error when the reader closes the pipe', async () => {
    const server = await serve([
      (socket) => {
        const trades = setInterval(() => socket.send('1'), 1);
        socket.on('close', () => clearInterval(trades));
      },
    ]);
    const script = '{ "$0" "$1" "$2"; echo "status $?" >&2; } | head -3';

    const run = new Running('sh', ['-c', script, process.execPath, command.path, server.url]);

    expect(await run.output()).toEqual(['1', '1', '1']);
    expect(await run.exit).toBe(0);
    expect(await run.logLines()).toEqual(['connecting attempt 1', `open ${server.url}`, 'status 0']);
    expect(await server.closed()).toBe(1000);
  });
});

describe('Backpressure', () => {
  it('pauses the peer while the reader is slow, and loses nothing', async () => {
    const count = 40_000;
    const pad = 'x'.repeat(1000);
    let peer: WebSocket | undefined;
    const server = await serve([
      (socket) => {
        peer = socket;
        for (let id = 0; id < count; id++) socket.send(JSON.stringify({ id, pad }));
        socket.close(4403);
      },
    ]);
    const run = rxwireUnread(server.url);
    await once(run.stdout, 'readable');

    const held = peer!.bufferedAmount;
    const printed = await textOf(run.stdout);

    expect(held).toBeGreaterThan(10_000_000);
    const ids = printed
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id);
    expect(ids).toEqual(Array.from({ length: count }, (_, id) => id));
  });
});

describe('Without a connection', () => {
  it('prints its usage with --help', async () => {
    const run = rxwire('--help');

    expect(await run.exit).toBe(0);
    expect((await run.output())[0]).toBe('Usage: rxwire [options] <url>');
    expect(await run.logLines()).toEqual([]);
  });

  it('prints the version of the package with --version', async () => {
    const run = rxwire('--version');

    expect(await run.output()).toEqual([manifest.version]);
    expect(await run.exit).toBe(0);
  });

  it.each([
    ['an unknown option', ['--hepl', 'ws://127.0.0.1']],
    ['a missing URL', []],
    ['an invalid URL', ['http//127.0.0.1:80']],
    ['a bad number', ['ws://127.0.0.1', '--batch', 'ten']],
  ])('prints its usage on stderr for %s, and exits with 2', async (_, args) => {
    const run = rxwire(...args);

    expect(await run.exit).toBe(2);
    expect(await run.output()).toEqual([]);
    expect((await run.logLines())[0]).toMatch(/^rxwire: /);
    expect(await run.logLines()).toContain('Usage: rxwire [options] <url>');
  });
});
