import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../../src/logging/redact-secrets.js';

describe('redactSecrets', () => {
  it.each([
    ['fetch wss://user:pass@host/path failed', 'fetch wss://host/path failed'],
    ['GET https://host/a?key=1#frag failed', 'GET https://host/a failed'],
    ['"wss://host/a?x=1" and ws://h?y=2', '"wss://host/a" and ws://h'],
    ['Authorization: Bearer abc.def-ghi, and more', 'Authorization: …'],
    ['sent basic dXNlcjpwYXNz', 'sent basic …'],
    ['token=abc; Path=/', 'token=…; Path=/'],
    ['{"accessToken":"abc","n":1}', '{"accessToken":"…","n":1}'],
    ['api_key: 123, API-KEY=4, password = "x"', 'api_key: …, API-KEY=…, password = "…"'],
    ['Set-Cookie: sid', 'Set-Cookie: …'],
    ['Authorization: Token abc', 'Authorization: …'],
    ['Authorization: Digest username="u", response="abc"\nHost: h', 'Authorization: …\nHost: h'],
    ['Cookie: theme=dark; sid=abc', 'Cookie: …'],
    ["{ cookie: 'theme=dark; sid=abc', n: 1 }", "{ cookie: '…', n: 1 }"],
    ['{"password":"two, words","n":1}', '{"password":"…","n":1}'],
    ['{"password":"a\\"b","n":1}', '{"password":"…","n":1}'],
    ['got "{\\"token\\":\\"abc\\",\\"n\\":1}"', 'got "{\\"token\\":\\"…\\",\\"n\\":1}"'],
    ['connect wss://user:p@ss@host/path', 'connect wss://host/path'],
    ['passphrase=a, passwd=b, credentials=c, private_key=d', 'passphrase=…, passwd=…, credentials=…, private_key=…'],
  ])('redacts %s to %s', (text, redacted) => {
    expect(redactSecrets(text)).toBe(redacted);
  });

  it.each([
    '',
    'The connection was closed with code 4401 (expired).',
    'connect ECONNREFUSED 127.0.0.1:80',
    'Why? No #1',
  ])('does not change %j', (text) => {
    expect(redactSecrets(text)).toBe(text);
  });

  it('cuts a text that is longer than 2000 characters', () => {
    expect(redactSecrets('x'.repeat(2000))).toBe('x'.repeat(2000));
    expect(redactSecrets('x'.repeat(2001))).toBe(`${'x'.repeat(2000)}…`);
  });

  it('is quick for a megabyte of text that looks like the start of a secret', () => {
    for (const part of ['token', 'token= ', 'token="', 'token\\', 'cookie: ', 'a://', 'bearer '])
      redactSecrets(part.repeat(200_000));
  });
});
