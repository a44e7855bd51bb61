import { describe, expect, it, vi } from 'vitest';
import { isHandshakeError } from '../../src/protocol/error-guards.js';
import { redactUrl, redactUrlIn, refusedWith } from '../../src/protocol/handshake.js';

describe('redactUrl', () => {
  it.each([
    ['wss://feed.example/trades', 'wss://feed.example/trades'],
    ['wss://feed.example', 'wss://feed.example'],
    ['wss://feed.example/trades?token=secret', 'wss://feed.example/trades'],
    ['wss://feed.example?token=secret', 'wss://feed.example'],
    ['wss://feed.example/trades#secret', 'wss://feed.example/trades'],
    ['wss://feed.example/trades?a=1#secret', 'wss://feed.example/trades'],
    ['wss://feed.example/trades#a?token=secret', 'wss://feed.example/trades'],
    ['wss://user:secret@feed.example/trades', 'wss://feed.example/trades'],
    ['wss://secret@feed.example:8443/trades', 'wss://feed.example:8443/trades'],
    ['wss://:secret@feed.example/trades', 'wss://feed.example/trades'],
    ['wss://user:sec@ret@feed.example/trades', 'wss://feed.example/trades'],
    ['wss://user:secret@feed.example', 'wss://feed.example/'],
    ['wss://user:secret@feed.example?token=secret', 'wss://feed.example/'],
    ['wss://user:sec%2Fret@feed.example/', 'wss://feed.example/'],
    ['wss://feed.example/@alice/trades', 'wss://feed.example/@alice/trades'],
    ['wss://feed.example/a@b?mail=secret@mail.example', 'wss://feed.example/a@b'],
    ['wss://feed.example?mail=secret@mail.example', 'wss://feed.example/'],
    ['wss://feed.example/trades?redirect=https://user:secret@other.example/', 'wss://feed.example/trades'],
    ['ws://[::1]:8080/trades?token=secret', 'ws://[::1]:8080/trades'],
    ['ws://user:secret@[::1]:8080/trades', 'ws://[::1]:8080/trades'],
    ['/trades?token=secret', '/trades'],
    ['trades?token=secret', 'trades'],
    ['//user:secret@feed.example/trades', 'a URL that cannot be shown'],
    ['/trades?mail=secret@mail.example', 'a URL that cannot be shown'],
    ['wss://user:sec?ret@feed.example/', 'a URL that cannot be shown'],
    ['foo:user:secret@feed.example', 'a URL that cannot be shown'],
    ['', ''],
    ['wss://feed.example/trades?a=1\ntoken=secret', 'wss://feed.example/trades'],
    ['WSS://User:Secret@Feed.Example/Trades', 'wss://feed.example/Trades'],
    ['wss:\\\\user:secret@feed.example\\trades', 'wss://feed.example/trades'], // as URL reads it
  ])('makes of %j %j', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  it('shows no secret of whatever URL can be connected to', () => {
    const urls = [
      'wss:user:secret@feed.example/',
      'wss:/user:secret@feed.example/',
      'wss:///user:secret@feed.example/',
      ' wss://user:secret@feed.example/',
      'ws\ns://user:secret@feed.example/',
    ];

    for (const url of urls) {
      expect(new URL(url).password).toBe('secret');
      expect(redactUrl(url)).not.toContain('secret');
    }
  });
});

describe('refusedWith', () => {
  const now = Date.UTC(2024, 0, 1, 12, 0, 0);
  const after = (value: string, status = 503) => refusedWith(status, { 'retry-after': value }, now).retryAfter;

  it('is a HandshakeError with the status and the headers', () => {
    const headers = { 'www-authenticate': 'Bearer' };
    const error = refusedWith(401, headers, now);

    expect(isHandshakeError(error)).toBe(true);
    expect(error).toMatchObject({
      message: 'The server refused the handshake with status 401.',
      status: 401,
      headers,
      fatal: false,
    });
    expect(error.retryAfter).toBeUndefined();
  });

  it.each([
    ['0', 0],
    ['1', 1000],
    ['7', 7000],
    [' 7 ', 7000],
    ['007', 7000],
    ['301', 301_000],
    ['3600', 3_600_000],
    ['86400', 86_400_000],
  ])('reads %j as seconds: %d ms', (value, expected) => {
    expect(after(value)).toBe(expected);
  });

  it('reads more seconds than a number can count as very many, which JSON can show', () => {
    expect(after('9'.repeat(400))).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    ['Mon, 01 Jan 2024 12:00:07 GMT', 7000],
    ['Mon, 1 Jan 2024 12:00:07 GMT', 7000],
    ['mon, 01 jan 2024 12:00:07 gmt', 7000],
    ['Mon, 01 Jan 2024 12:00:07', 7000],
    ['Monday, 01-Jan-24 12:00:07 GMT', 7000],
    ['Monday, 01-Jan-24 12:00:07', 7000],
    ['Mon Jan  1 12:00:07 2024', 7000],
    ['Mon Jan 1 12:00:07 2024', 7000],
    ['Mon Jan  1 12:00:07 2024 GMT', 7000],
    [' Mon, 01 Jan 2024 12:00:07 GMT ', 7000],
    ['Mon, 01 Jan 2024 12:00:00 GMT', 0],
    ['Mon, 01 Jan 2024 11:59:00 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Mon, 01 Jan 2024 13:00:00 GMT', 3_600_000],
    ['Tue, 02 Jan 2024 12:00:00 GMT', 86_400_000],
    ['Thu, 29 Feb 2024 12:00:00 GMT', 59 * 86_400_000],
    ['Wed, 31 Dec 2031 23:59:60 GMT', Date.UTC(2032, 0, 1) - now], // a leap second
  ])('reads %j as a date: %d ms from now', (value, expected) => {
    expect(after(value)).toBe(expected);
  });

  it.each([
    ['Friday, 01-Jan-60 00:00:00 GMT', Date.UTC(2060, 0, 1) - now],
    ['Wednesday, 01-Jan-74 00:00:00 GMT', Date.UTC(2074, 0, 1) - now],
    ['Friday, 01-Jan-75 00:00:00 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
  ])('takes the year of two digits in %j for one at most 50 years ahead: %d ms', (value, expected) => {
    expect(after(value)).toBe(expected);
  });

  it('reads dates as those of Greenwich, whatever zone the machine is in', () => {
    vi.stubEnv('TZ', 'Pacific/Auckland');

    expect(after('Mon Jan  1 12:00:07 2024')).toBe(7000);

    vi.unstubAllEnvs();
  });

  it.each([
    '',
    ' ',
    'soon',
    '-5',
    '1.5',
    '+5',
    '5s',
    '5 minutes',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    'Mon',
    'Mon 5',
    'Monday, soon',
    'Mon, 99 Foo 2024',
    'Mon, 01 Foo 2024 12:00:07 GMT',
    'Mon, 01 anf 2024 12:00:07 GMT', // three letters of the list of months, and no month
    'Mon, 32 Jan 2024 12:00:07 GMT',
    'Mon, 00 Jan 2024 12:00:07 GMT',
    'Thu, 30 Feb 2024 12:00:07 GMT',
    'Mon, 01 Jan 2024 24:00:00 GMT',
    'Mon, 01 Jan 2024 12:60:00 GMT',
    'Mon, 01 Jan 2024 12:00:61 GMT',
    'Mon, 01 Jan 2024 12:00 GMT',
    'Mon, 01 Jan 2024 12:00:07 +0100',
    'Mon Jan 99 12:00:07 2024',
    '2024-01-01T12:00:07Z',
    '7, 8',
  ])('makes nothing of %j', (value) => {
    expect(after(value)).toBeUndefined();
  });

  it.each([200, 301, 400, 401, 403, 408, 418, 425, 429, 500, 502, 503, 504])('reads it on %d', (status) => {
    expect(after('7', status)).toBe(7000);
  });

  it('has what was read of the answer, and shows it to no log', () => {
    const error = refusedWith(403, {}, now, '{"error":"secret"}');

    expect(error.body).toBe('{"error":"secret"}');
    expect(JSON.stringify([error, Object.assign({}, error), Object.entries(error)])).not.toContain('secret');
    expect(refusedWith(403, {}, now).body).toBeUndefined();
  });
});

describe('redactUrlIn', () => {
  const url = 'wss://user:pass@feed.example:443/trades?token=secret#part';

  it.each([
    [`cannot connect to ${url}`, 'cannot connect to wss://feed.example/trades'],
    [`'wss://user:pass@feed.example/trades?token=secret#part' failed`, `'wss://feed.example/trades' failed`],
    [`'wss://feed.example/trades?token=secret#part' failed`, `'wss://feed.example/trades' failed`],
    ['GET /trades?token=secret', 'GET /trades'],
    ['connect ECONNREFUSED', 'connect ECONNREFUSED'],
    ['', ''],
  ])('makes of %j %j', (text, shown) => {
    expect(redactUrlIn(text, url)).toBe(shown);
  });

  it.each([
    ['nonsense?token=secret is no URL', 'nonsense?token=secret', 'nonsense is no URL'],
    ['no URL', '', 'no URL'],
    ['to ws://h/ or ws://h/', 'ws://h/', 'to ws://h/ or ws://h/'],
    ["'ws://h/?' failed", 'ws://user:pass@h/?', "'ws://h/' failed"],
  ])('makes of %j with the URL %j %j', (text, of, shown) => {
    expect(redactUrlIn(text, of)).toBe(shown);
  });
});
