import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent, Recording } from '../../src/testing/recording.js';
import { builtCommand, Running } from './command.js';
import { folderWith } from './folder.js';
import { serve } from './server.js';

const command = builtCommand();
const rxwire = (...args: string[]) => new Running(process.execPath, [command.path, ...args]);

const parsed = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Recording;

/** Without their times, which must not go down. */
function eventsOf({ events }: Recording['connections'][number]): unknown[] {
  let last = 0;
  return events.map(({ at, ...event }: RecordedEvent) => {
    expect(Number.isInteger(at)).toBe(true);
    expect(at).toBeGreaterThanOrEqual(last);
    last = at;
    return event;
  });
}

describe('A recording', () => {
  it('is for its owner alone, also in a file that was there before', async () => {
    const file = (await folderWith())('session.json');
    await writeFile(file, 'old', { mode: 0o644 });
    const server = await serve([(socket) => socket.send('1')]);

    expect(await rxwire(server.url, '-1', '--record', file).exit).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await parsed(file)).connections).toHaveLength(1);
  });

  it('has what was received and sent on each connection, how it began and how it ended', async () => {
    const file = (await folderWith())('session.json');
    const server = await serve([
      503,
      (socket) => {
        socket.send('{"id":12345678901234567890}');
        socket.send(new Uint8Array([0, 255]));
        socket.ping('there?');
        socket.on('message', () => socket.close(1011, 'sorry'));
      },
      (socket) => socket.terminate(),
      (socket) => socket.on('message', () => socket.close(4403)),
    ]);

    const run = rxwire(server.url, '-x', 'hello', '--delays', '1,1,1,1', '--record', file);

    expect(await run.exit).toBe(1);
    const { version, connections } = await parsed(file);
    expect(version).toBe(1);
    expect(connections.map(eventsOf)).toEqual([
      [{ type: 'refused', status: 503 }],
      [
        { type: 'open' },
        { type: 'sent', data: 'hello' },
        { type: 'message', data: '{"id":12345678901234567890}' },
        { type: 'binary', data: 'AP8=' },
        { type: 'ping', data: 'there?' },
        { type: 'close', code: 1011, reason: 'sorry' },
      ],
      [{ type: 'open' }, { type: 'sent', data: 'hello' }, { type: 'drop' }],
      [{ type: 'open' }, { type: 'sent', data: 'hello' }, { type: 'close', code: 4403, reason: '' }],
    ]);
    expect(connections.map(({ at }) => at)).toEqual([...connections.map(({ at }) => at)].sort((a, b) => a - b));
  });

  it('has the silence of a peer before what the client did in it', async () => {
    const file = (await folderWith())('session.json');
    const server = await serve([() => undefined], { autoPong: false });
    const run = rxwire(
      ...[server.url, '--heartbeat', '10', '--heartbeat-timeout', '30', '--no-reconnect', '--record', file],
    );

    expect(await run.exit).toBe(1);
    expect((await parsed(file)).connections.map(eventsOf)).toEqual([
      [{ type: 'open' }, { type: 'silence' }, { type: 'sentPing', data: '' }, { type: 'terminated' }],
    ]);
  });

  it('has no secrets: no headers, no credentials, no query, no tokens', async () => {
    const file = (await folderWith())('session.json');
    const server = await serve([
      (socket) => {
        socket.send('{"auth":{"token":"secret"},"password":12345,"list":["Bearer secret"],"ok":1}');
        socket.send('token=secret');
        socket.send(`{"text":"${'x'.repeat(3000)}","api_key":{"value":"secret"}}`);
        socket.close(4403, 'token=secret');
      },
    ]);
    const url = `${server.url.replace('ws://', 'ws://user:secret@')}/feed?token=secret`;

    await rxwire(url, '-x', '{"token":"secret"}', '-H', 'X-Key: secret', '--record', file).exit;

    const text = await readFile(file, 'utf8');
    expect(text).not.toMatch(/secret|12345/);
    const [connection] = (JSON.parse(text) as Recording).connections;
    expect(connection!.url).toBe(`${server.url}/feed`);
    expect(eventsOf(connection!)).toContainEqual({
      type: 'message',
      data: '{"auth":{"token":"…"},"password":"…","list":["Bearer …"],"ok":1}',
    });
    expect(eventsOf(connection!)).toContainEqual({ type: 'sent', data: '{"token":"…"}' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is complete after a signal', async () => {
    const file = await folderWith();
    const server = await serve([(socket) => socket.send('1')]);
    const run = rxwire(server.url, '--record', file('a.json'));
    await run.printed(1);

    run.signal('SIGINT');
    expect(await run.exit).toBe(0);

    expect(eventsOf((await parsed(file('a.json'))).connections[0]!)).toEqual([
      { type: 'open' },
      { type: 'message', data: '1' },
      { type: 'sentClose', code: 1000, reason: '' },
      { type: 'close', code: 1000, reason: '' },
    ]);
  });

  it('that cannot be written is an invalid command line, or ends the run', async () => {
    const server = await serve([() => undefined]);
    const nowhere = rxwire(server.url, '--record', '/no/such/folder/session.json');
    const full = rxwire(server.url, '--record', '/dev/full');

    expect(await nowhere.exit).toBe(2);
    expect(await full.exit).toBe(1);
    expect((await full.logLines()).at(-1)).toMatch(/^failed ENOSPC/);
  });
});
