import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { builtCommand } from '../cli/command.js';
import { serve } from '../cli/server.js';
import { Terminal } from './terminal.js';

const command = builtCommand();

const OPEN = /^-- open \|( latency \d+ ms \|)? \d+\/s \| queue 0 --$/;

/** Starts the command in a terminal, against a server that echoes, and waits for its prompt. */
async function prompt({ columns = 60, args = '', before = '' } = {}) {
  const sockets: WebSocket[] = [];
  const server = await serve([
    (socket) => {
      sockets.push(socket);
      socket.on('message', (data: Buffer) => socket.send(`"echo ${data.toString()}"`));
    },
  ]);
  const line = `${before} ${process.execPath} ${command.path} ${server.url} ${args}`;
  const terminal = await Terminal.run(line, { columns });
  await terminal.shows(`open          ${server.url}`, OPEN, '>');
  return { terminal, server, say: (text: string) => sockets.at(-1)!.send(JSON.stringify(text)), sockets };
}

describe('At a prompt', () => {
  it('what is typed is sent, and stays above what is answered', async () => {
    const { terminal, server } = await prompt();

    await terminal.type('hello');
    await terminal.shows(OPEN, '> hello');
    await terminal.press('Enter');

    await terminal.shows(`open          ${server.url}`, '> hello', '< "echo hello"', OPEN, '>');
  });

  it('an empty line is not sent and leaves no trace', async () => {
    const { terminal, server } = await prompt();

    await terminal.press('Enter', 'Enter');
    await terminal.type('a');
    await terminal.press('Enter');

    await terminal.shows(`open          ${server.url}`, '> a', '< "echo a"', OPEN, '>');
    expect(await server.received(1)).toEqual(['a']);
  });

  it('messages go above the line that is being typed, whatever its length', async () => {
    const { terminal, say } = await prompt({ columns: 40 });
    const typed = 'a line of many words that has three rows of forty columns, and is not sent yet';

    await terminal.type(typed);
    await terminal.shows(OPEN, '> a line of many words that has three ro', 'ws of forty columns, and is not sent yet');
    say('first');
    say('second');
    await terminal.shows(
      ...['< "first"', '< "second"', OPEN],
      ...['> a line of many words that has three ro', 'ws of forty columns, and is not sent yet'],
    );
    await terminal.type('!');
    say('third');

    await terminal.shows('< "third"', OPEN, /^> a line/, /^ws of/, '!');
  });

  it('lines are edited, also in the rows of a pasted one, and come back from the history', async () => {
    const { terminal, say } = await prompt({ columns: 44 });

    await terminal.type('0123456789'.repeat(10));
    await terminal.press('C-a');
    await terminal.type('x');
    say('meanwhile');
    await terminal.shows('< "meanwhile"', OPEN, /^> x0123/, /^1234/, /^567/);
    await terminal.press('C-u', 'C-k');
    await terminal.type('one');
    await terminal.press('Enter');
    await terminal.shows('> one', '< "echo one"', OPEN, '>');
    await terminal.press('Up');

    await terminal.shows('< "echo one"', OPEN, '> one');
  });

  it('text that is pasted into a line goes where the cursor is', async () => {
    const { terminal, server } = await prompt();

    await terminal.type('{"op":""}');
    await terminal.press('Left', 'Left');
    await terminal.type('subscribe');
    await terminal.shows(OPEN, '> {"op":"subscribe"}');
    await terminal.press('Enter');

    expect(await server.received(1)).toEqual(['{"op":"subscribe"}']);
  });

  it('Ctrl-L clears the screen, and leaves the status and the line that is being typed', async () => {
    const { terminal } = await prompt();

    await terminal.type('typed');
    await terminal.shows(OPEN, '> typed');
    await terminal.press('C-l');

    await expect.poll(() => terminal.screen()).toEqual([expect.stringMatching(OPEN), '> typed']);
  });

  it('the status stays in the last rows when the terminal is resized', async () => {
    const { terminal, server } = await prompt({ columns: 60 });
    await terminal.type('0123456789'.repeat(8));
    await terminal.shows(OPEN, /^> 0123/, '89012345678901234567890123'.slice(0, 22));

    await terminal.resize(30);
    await terminal.shows(/^-- open/, `> ${'0123456789'.repeat(8).slice(0, 28)}`, /^8901/, /^8901/);
    await terminal.resize(100);

    await terminal.shows('shell', `open          ${server.url}`, OPEN, `> ${'0123456789'.repeat(8)}`);
  });

  it('a thousand messages scroll by, and the status stays', async () => {
    const { terminal, say } = await prompt();

    for (let number = 0; number < 1000; number++) say(String(number));

    await terminal.shows('< "998"', '< "999"', OPEN, '>');
    await terminal.shows('< "999"', /^-- open .* 0\/s \| queue 0 --$/, '>');
  });

  it('lines that are typed without a connection wait in the queue, and the retry is counted down', async () => {
    const { terminal, sockets, server } = await prompt({ args: '--delays 5000' });

    sockets[0]!.terminate();
    await terminal.shows(/^reconnecting {2}retry 1 in 5.0 s/, 'th code 1006.', /^-- retry 1 in \d s/, '>');
    await terminal.type('later');
    await terminal.press('Enter');
    await terminal.shows('> later', /^-- retry 1 in \d s \| \d+\/s \| queue 1 --$/, '>');

    await terminal.shows(`open          ${server.url}`, '< "echo later"', OPEN, '>');
  });

  it('lines that still wait when the user closes are counted as not sent', async () => {
    const { terminal, sockets } = await prompt({ args: '--delays 600000' });

    sockets[0]!.terminate();
    await terminal.shows(/^-- retry 1/, '>');
    await terminal.type('one');
    await terminal.press('Enter');
    await terminal.type('two');
    await terminal.press('Enter');
    await terminal.shows('> one', '> two', /queue 2 --$/, '>');
    await terminal.press('C-c');

    await terminal.shows('dropped       2 messages not sent: closed', /^summary/, /^ended/, 'status 0');
  });

  it('control characters of the peer are shown, and do nothing', async () => {
    const { terminal, say } = await prompt({ args: '--text' });

    say('\x1b[2J\x9b1m\x07');

    await terminal.shows('< "\\u001b[2J\\x9b1m\\u0007"', OPEN, '>');
  });

  it('the events are in colour, and not if NO_COLOR is set', async () => {
    const { terminal, say } = await prompt();
    const { terminal: plain, say: sayPlain } = await prompt({ before: 'NO_COLOR=1' });

    say('a');
    sayPlain('a');
    await terminal.shows('< "a"', OPEN, '>');
    await plain.shows('< "a"', OPEN, '>');

    expect((await terminal.screen(true)).join('\n')).toMatch(/\x1b\[32mopen\x1b\[39m.*\x1b\[34m<\x1b\[39m "a"/s);
    expect((await plain.screen(true)).join('\n')).not.toContain('\x1b');
  });

  it('--quiet has no status line', async () => {
    const server = await serve([(socket) => socket.send('1')]);
    const terminal = await Terminal.run(`${process.execPath} ${command.path} ${server.url} -q`);

    await terminal.shows('shell', '< 1', '>');
  });

  it('Ctrl-Z hands the screen to the shell, and fg draws the prompt again, with what came meanwhile above', async () => {
    const sockets: WebSocket[] = [];
    const server = await serve([(socket) => sockets.push(socket)]);
    const terminal = await Terminal.run("PS1='ready ' bash --norc -i", { columns: 250 });
    await terminal.shows('ready');
    await terminal.type(`${process.execPath} ${command.path} ${server.url}`);
    await terminal.press('Enter');
    await terminal.shows(OPEN, '>');
    await terminal.type('typed');
    await terminal.shows(OPEN, '> typed');

    await terminal.press('C-z');
    await terminal.shows(/^open /, '', /^\[1\]\+ {2}Stopped/, 'ready');
    sockets[0]!.send('"meanwhile"');
    await terminal.type('fg');
    await terminal.press('Enter');

    await terminal.shows('ready fg', /cli\.js/, '< "meanwhile"', OPEN, '> typed');
    await terminal.type('!');
    await terminal.shows('ready fg', /cli\.js/, '< "meanwhile"', OPEN, '> typed!');
  });

  it.each([
    ['Ctrl-C', 'C-c'],
    ['Ctrl-D', 'C-d'],
  ])('%s closes, takes the prompt away, and exits with 0', async (_, key) => {
    const { terminal, server } = await prompt();

    await terminal.press(key);

    await terminal.shows(
      ...['shell', `open          ${server.url}`, 'close         1000 by us'],
      'summary       0 received, 0 reconnects (0 retries), 0 reject',
      ...['ed', 'ended         closed as asked', 'status 0'],
    );
    expect(await server.closed()).toBe(1000);
  });

  it('a window that is closed closes the connection', async () => {
    const { terminal, server } = await prompt();

    await terminal.closeWindow();

    expect(await server.closed()).toBe(1000);
  });

  it('Ctrl-D sends what waits first with --exit-on-eof', async () => {
    const { terminal } = await prompt({ args: '--exit-on-eof' });

    await terminal.type('last');
    await terminal.press('Enter', 'C-d');

    await terminal.shows('> last', '< "echo last"', /^close/, /^summary/, /^ed/, /^ended/, 'status 0');
  });
});
