import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/cli/command-line.js';
import type { Settings } from '../../src/cli/settings.js';
import { UsageError } from '../../src/cli/usage-error.js';

const URL = 'wss://feed.example/trades';

function settingsOf(...args: string[]): Settings {
  const commandLine = readCommandLine(args);
  if (commandLine.action !== 'run') throw new Error(`Expected a run, got ${commandLine.action}.`);
  return commandLine.settings;
}

describe('The command line', () => {
  it('needs nothing but a URL, and leaves the defaults to the library', () => {
    expect(settingsOf(URL)).toEqual({
      url: URL,
      headers: {},
      protocols: [],
      compress: false,
      security: { insecure: false },
      form: { text: false, strict: false },
      onOpen: [],
      pace: [],
      quiet: false,
      showPings: false,
      heartbeat: {},
      stopOnFatalClose: {},
      retryWithBackoff: {},
    });
  });

  it('sets the options of the operators', () => {
    const heartbeat = ['--heartbeat', '5000', '--heartbeat-timeout', '700', '--ping', '{"op":"ping"}'];
    const retries = ['--max-retries', '0', '--delays', '1,20, 300'];

    const settings = settingsOf(URL, ...heartbeat, '--fatal', '1008,4401', ...retries);

    expect(settings.heartbeat).toMatchObject({ interval: 5000, timeout: 700 });
    expect((settings.heartbeat.ping as () => string)()).toBe('{"op":"ping"}');
    expect(settings.stopOnFatalClose).toEqual({ codes: [1008, 4401] });
    expect(settings.retryWithBackoff).toEqual({ maxRetries: 0, delays: [1, 20, 300] });
  });

  it('takes any number of headers and subprotocols', () => {
    const settings = settingsOf(
      '--header',
      'Authorization: Bearer a:b',
      URL,
      '--header=X-Y:z',
      '--protocol',
      'v2',
      '--protocol=v1',
    );

    expect(settings.headers).toEqual({ Authorization: 'Bearer a:b', 'X-Y': 'z' });
    expect(settings.protocols).toEqual(['v2', 'v1']);
  });

  it('takes a file to send', () => {
    expect(settingsOf(URL, '--send-file', 'trades.jsonl').sendFile).toBe('trades.jsonl');
  });

  it.each(['debug', 'info', 'warn', 'error', 'silent'])('takes %s as a log level', (level) => {
    expect(settingsOf(URL, '--log-level', level).logLevel).toBe(level);
  });

  it('prints a batch after a second by default', () => {
    expect(settingsOf(URL, '--batch', '10').batch).toEqual({ count: 10, every: 1000 });
    expect(settingsOf(URL, '--batch', '10', '--every', '0').batch).toEqual({ count: 10, every: 0 });
  });

  it.each(['ws+unix:/run/feed.sock:/trades', 'ws+unix:/run/feed.sock', 'ws+unix:./feed.sock:/'])('takes %s', (url) => {
    expect(settingsOf(url).url).toBe(url);
  });

  it.each(['localhost:8080/trades', 'feed.example', '[::1]:80', 'user:secret@feed.example/?token=1'])(
    'takes %s as a URL with ws://',
    (url) => {
      expect(settingsOf(url).url).toBe(`ws://${url}`);
    },
  );

  it.each([
    'ws://127.0.0.1:8080',
    'ws:/127.0.0.1:8080',
    'wss://user:secret@feed.example/?token=1',
    'https://feed.example',
  ])('takes %s', (url) => {
    expect(settingsOf(url).url).toBe(url);
  });

  it('takes --help and --version without a URL', () => {
    expect(readCommandLine(['--help'])).toEqual({ action: 'help' });
    expect(readCommandLine(['--version'])).toEqual({ action: 'version' });
  });

  it.each<[what: string, message: RegExp, args: string[]]>([
    ['no URL', /URL is missing/, []],
    ['two URLs', /one URL, got 2/, [URL, URL]],
    ['an unknown option', /Unknown option '--hepl'/, ['--hepl']],
    ['an option without its value', /--batch/, [URL, '--batch']],
    ['a value for a switch', /--text/, [URL, '--text=1']],
    ['an invalid URL', /ws:\/\/ or wss:\/\//, ['ws://:1']],
    ['a scheme without its colon', /ws:\/\/ or wss:\/\//, ['wss//feed.example']],
    ['a host without a valid port', /ws:\/\/ or wss:\/\//, ['feed:trades']],
    ['a Unix socket without a path', /ws\+unix:\/path/, ['ws+unix:']],
    ['another scheme', /ws:\/\/ or wss:\/\//, ['ftp://feed.example']],
    ['a fragment', /fragment/, [`${URL}#trades`]],
    ['a batch of 0', /--batch to be a whole number of 1 or more, got '0'/, [URL, '--batch', '0']],
    ['a batch that is not a number', /--batch .* got 'ten'/, [URL, '--batch', 'ten']],
    ['a batch that is not an integer', /--batch .* got '1.5'/, [URL, '--batch', '1.5']],
    ['a batch without a number', /--batch .* got ''/, [URL, '--batch=']],
    ['--every without --batch', /--every needs --batch/, [URL, '--every', '100']],
    ['a negative --every', /--every .* got '-1'/, [URL, '--batch', '10', '--every=-1']],
    ['a heartbeat of 0', /--heartbeat .* got '0'/, [URL, '--heartbeat', '0']],
    ['a heartbeat with a unit', /--heartbeat .* got '5s'/, [URL, '--heartbeat', '5s']],
    ['a heartbeat timeout of 0', /--heartbeat-timeout .* got '0'/, [URL, '--heartbeat-timeout', '0']],
    ['a fatal code below 1000', /--fatal .* from 1000 to 4999, got '999'/, [URL, '--fatal', '1008,999']],
    ['a fatal code above 4999', /--fatal .* got '5000'/, [URL, '--fatal', '5000']],
    ['no fatal codes', /--fatal .* got ''/, [URL, '--fatal', '']],
    [
      'an unknown log level',
      /--log-level to be one of debug, info, .*silent, got 'loud'/,
      [URL, '--log-level', 'loud'],
    ],
    ['retries that are not a number', /--max-retries .* got 'x'/, [URL, '--max-retries', 'x']],
    ['an empty item in the delays', /--delays .* got ''/, [URL, '--delays', '1,,2']],
    ['a header without a colon', /--header to be 'Name: value'/, [URL, '--header', 'Authorization']],
    ['a header without a name', /--header to be 'Name: value'/, [URL, '--header', ': x']],
    ['a header name with a space', /--header .* 'X Y: …'/, [URL, '--header', 'X Y: z']],
    ['a header with a line break', /--header .* 'X: …'/, [URL, '--header', 'X: a\nb']],
    ['a header twice', /header x-y was given twice/, [URL, '--header', 'X-Y: 1', '--header', 'x-y: 2']],
    [
      'a subprotocol with a space',
      /--protocol to be a token, but number 2 is not/,
      [URL, '--protocol', 'a', '--protocol', 'a b'],
    ],
    ['a subprotocol twice', /--protocol was given twice/, [URL, '--protocol', 'a', '--protocol', 'a']],
  ])('refuses %s', (_, message, args) => {
    const read = () => readCommandLine(args);

    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it('quotes neither the URL nor a header value in an error', () => {
    expect(() => readCommandLine(['http//user:secret@host'])).toThrow(/^(?!.*secret)/);
    expect(() => readCommandLine([URL, '--header', 'Authorization: secret\0'])).toThrow(/^(?!.*secret)/);
  });
});
