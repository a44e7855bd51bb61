import { describe, expect, it } from 'vitest';
import { isHandshakeError } from '../../src/protocol/error-guards.js';
import { redactUrl, refusedWith } from '../../src/protocol/handshake.js';

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
    ['299', 299_000],
    ['300', 300_000],
    ['301', 300_000],
    ['99999999999999999999', 300_000],
  ])('reads %j as seconds: %d ms, at most five minutes', (value, expected) => {
    expect(after(value)).toBe(expected);
  });

  it.each([
    ['Mon, 01 Jan 2024 12:00:07 GMT', 7000],
    ['Monday, 01-Jan-24 12:00:07 GMT', 7000],
    ['Mon, 01 Jan 2024 12:00:00 GMT', 0],
    ['Mon, 01 Jan 2024 11:59:00 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Mon, 01 Jan 2024 12:05:00 GMT', 300_000],
    ['Mon, 01 Jan 2024 12:05:01 GMT', 300_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 300_000],
  ])('reads %j as a date: %d ms from now, at most five minutes', (value, expected) => {
    expect(after(value)).toBe(expected);
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
    'Mon, 99 Foo 2024',
  ])('makes nothing of %j', (value) => {
    expect(after(value)).toBeUndefined();
  });

  it.each([429, 503])('reads it on %d', (status) => {
    expect(after('7', status)).toBe(7000);
  });

  it.each([301, 400, 401, 403, 408, 425, 500, 502, 504])('does not read it on %d', (status) => {
    expect(after('7', status)).toBeUndefined();
  });
});
