import { readFile } from 'node:fs/promises';
import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/cli/command-line.js';
import { feedFor } from '../../src/cli/feed-for.js';
import { formatLine, lineFor } from '../../src/cli/log-line.js';
import { printedLines } from '../../src/cli/printed-lines.js';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import { recorded, scriptedServer } from '../../src/testing/index.js';
import type { Recording } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { selfSigned } from '../helpers/self-signed.js';
import { builtCommand, Running } from './command.js';
import { folderWith } from './folder.js';
import { serve } from './server.js';
import type { Act } from './server.js';

const command = builtCommand();

/** Lines of a log that are the same whenever it happens. */
function lasting(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.trimEnd().replace(/^(\S+) +/, '$1 '))
    .filter((line) => !/^(heartbeat|summary|ended|failed) /.test(line))
    .map((line) => line.replace(/^(reconnecting retry \d+) in [\d.]+ m?s/, '$1'));
}

interface Session {
  /** What was printed. */
  readonly messages: string[];
  /** What was logged. */
  readonly lines: string[];
  readonly recording: Recording;
  readonly text: string;
}

/** Starts the command with a recording. `session` resolves when it has ended; with `until`, at that line of its log. */
async function recorder(args: readonly string[], until?: string) {
  const file = (await folderWith())('session.json');
  const run = new Running(process.execPath, [command.path, ...args, '--record', file]);
  const ended = async (): Promise<Session> => {
    if (until !== undefined) {
      await run.logLine(until);
      run.signal('SIGINT');
    }
    await run.exit;
    const text = await readFile(file, 'utf8');
    const lines = lasting(await run.logLines());
    const length = until === undefined ? lines.length : lines.findIndex((line) => line.startsWith(until)) + 1;
    return {
      messages: await run.output(),
      lines: lines.slice(0, length),
      recording: JSON.parse(text) as Recording,
      text,
    };
  };
  return { run, session: ended() };
}

/** What the same command prints and logs when the recording is played to it. */
function replay(
  { recording, lines: { length } }: Session,
  args: readonly string[],
): Pick<Session, 'messages' | 'lines'> {
  const commandLine = readCommandLine(args);
  if (commandLine.action !== 'run') throw new Error('it does not run');
  const { settings } = commandLine;
  const messages: string[] = [];
  const lines: string[] = [];
  inVirtualTime(({ cold, at, flush }) => {
    const feed = feedFor(settings, scriptedServer(cold, recorded(recording)).transport);
    feed.lifecycle.subscribe({
      next: (event) => lines.push(formatLine(lineFor(event), false)),
      error: () => undefined,
    });
    printedLines(feed.messages, settings, false, () => undefined).subscribe({
      next: (line) => messages.push(line),
      error: () => undefined,
    });
    at(60_000, () => void feed.close());
    flush();
  });
  return { messages, lines: lasting(lines).slice(0, length) };
}

async function bothOf(url: string, args: readonly string[] = [], until?: string) {
  const all = [url, ...args];
  const session = await (await recorder(all, until)).session;
  return { session, played: replay(session, all) };
}

const end: Act = (socket) => socket.close(4403, 'enough');

describe('A session of the command, recorded and played', () => {
  it('has the same messages, whatever their frames: text, JSON, binary, empty, long', async () => {
    const frames = ['{"a":\r\n 1}', 'no JSON', '', '"😀 \u2028"', Buffer.from('bytes'), Buffer.from([0, 255, 16]), Buffer.alloc(0), `[${'1,'.repeat(2500)}1]`]; // prettier-ignore
    const server = await serve([
      (socket) => {
        for (const frame of frames) socket.send(frame);
        socket.close(4403);
      },
    ]);

    const { session, played } = await bothOf(server.url, ['--delays', '1']);

    expect(session.messages).toHaveLength(frames.length);
    expect(played.messages).toEqual(session.messages);
    expect(played.lines).toEqual(session.lines);
  });

  it('is refused as it was, and comes back', async () => {
    const server = await serve([503, 404, { status: 302, headers: ['Location: /elsewhere'] }, end]);

    const { session, played } = await bothOf(server.url, ['--delays', '1,1,1,1', '--fatal', '4403']);

    expect(session.lines.filter((line) => line.includes('status'))).not.toEqual([]);
    expect(played.lines).toEqual(session.lines);
  });

  it.each<[string, () => string]>([
    ['seconds', () => '3600'],
    // A date has whole seconds, and what is left of one is rounded up: never more than the hour.
    ['a date', () => new Date(Date.now() + 3_599_000).toUTCString()],
  ])('waits as long as the server asked for, in virtual time too: a 429 with Retry-After in %s', async (_, after) => {
    const server = await serve([{ status: 429, headers: [`Retry-After: ${after()}`, 'Set-Cookie: id=secret'] }, end]);

    const { session, played } = await bothOf(server.url, [], 'reconnecting');

    expect(session.text).not.toContain('secret');
    expect(played.lines).toEqual(session.lines);
    expect(session.recording.connections[0]!.events).toEqual([
      { at: expect.any(Number), type: 'refused', status: 429, headers: { 'retry-after': expect.stringMatching(/^(35\d\d|3600)$/) } },
    ]); // prettier-ignore
    expect(waitOf(session)).toBeGreaterThanOrEqual(3_500_000);
  });

  it('survives a restart of the server: a goodbye, a port where nobody listens, and the next life', async () => {
    const first = await serve([
      (socket) => {
        socket.send('1');
        socket.close(1012, 'restart');
        void first.stop();
      },
    ]);
    const args = [first.url, '--delays', Array(99).fill('20').join()];
    const { run, session: ending } = await recorder(args);
    await run.logLine('error');
    await serve([end], { listenOn: Number(new URL(first.url).port) });
    const session = await ending;

    const played = replay(session, args);

    expect(session.lines[2]).toBe('close 1012 (restart) by the peer');
    expect(session.lines.filter((line) => line.includes('ECONNREFUSED'))).not.toEqual([]);
    expect(session.lines.at(-1)).toBe('close 4403 (enough) by the peer');
    expect(played).toEqual({ messages: session.messages, lines: session.lines });
  });

  it('breaks as it broke, and falls silent as it fell silent', async () => {
    const server = await serve([(socket) => socket.terminate(), (socket) => socket.on('ping', () => undefined), end], {
      autoPong: false,
    });
    const args = ['--delays', '1,1,1', '--heartbeat', '50', '--heartbeat-timeout', '100'];

    const { session, played } = await bothOf(server.url, args);

    expect(session.lines.filter((line) => line.startsWith('close '))).toEqual([
      'close 1006 without a Close frame',
      'close 1006 terminated by us',
      'close 4403 (enough) by the peer',
    ]);
    expect(played.lines).toEqual(session.lines);
  });

  it('has the subprotocol and the compression that were agreed on, and the messages themselves', async () => {
    const text = JSON.stringify('long '.repeat(300));
    const server = await serve(
      [
        (socket) => {
          socket.send(text);
          socket.close(4403);
        },
      ],
      { perMessageDeflate: { threshold: 0 } },
    );

    const { session, played } = await bothOf(server.url, ['--compress', '-s', 'v2', '-s', 'v1']);

    expect(session.recording.connections[0]!.events[0]).toMatchObject({
      protocol: 'v2',
      extensions: expect.stringContaining('permessage-deflate'),
    });
    expect(session.messages).toEqual([text]);
    expect(played).toEqual({ messages: session.messages, lines: session.lines });
  });

  it('has no secret of its URL, its headers or its messages, text or binary, and is played all the same', async () => {
    const frames = ['{"token":"hush-1","n":1}', Buffer.from('{"token":"hush-2","n":2}'), 'token=hush-3', Buffer.from('password: hush-4')]; // prettier-ignore
    const server = await serve(
      [
        (socket) => {
          for (const frame of frames) socket.send(frame);
          socket.close(4403, 'token=hush-5');
        },
      ],
      { tls: selfSigned },
    );
    const url = `${server.url.replace('wss://', 'wss://hush-6:hush-7@')}/?token=hush-8`;
    const args = ['-k', '-H', 'Authorization: Bearer hush-a', '-H', 'X-Secret: hush-b', '-x', '{"password":"hush-c"}'];

    const { session, played } = await bothOf(url, args);

    expect(session.text + bytesIn(session.recording)).not.toContain('hush');
    expect(session.messages).toEqual(expect.arrayContaining([expect.stringContaining('hush-2')]));
    expect(played.messages).toEqual(['{"token":"…","n":1}', '{"token":"…","n":2}', '"token=…"', '"password: …"']);
    expect(played.lines.slice(0, 2)).toEqual(session.lines.slice(0, 2));
  });
});

/** How long the retry waits that a recording asks for, in milliseconds. */
function waitOf({ recording }: Session): number {
  let wait = 0;
  inVirtualTime(({ cold, flush }) => {
    const { transport } = scriptedServer(cold, recorded(recording));
    const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ random: () => 0 }), take(4));
    feed.lifecycle.subscribe((event) => event.type === 'reconnecting' && (wait = event.delay));
    flush();
  });
  return wait;
}

/** All binary frames of a recording, as text. */
function bytesIn({ connections }: Recording): string {
  return connections
    .flatMap(({ events }) => events)
    .map((event) => (event.type === 'binary' || event.type === 'sentBinary' ? atob(event.data) : ''))
    .join('\n');
}
