import { describe, expect, it } from 'vitest';
import { redactPaths, redactSecrets } from '../../src/logging/redact-secrets.js';

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
    ['{"sign":"a1b2","n":1}', '{"sign":"…","n":1}'],
    ['OK-ACCESS-SIGN: a1b2, OK-ACCESS-KEY: c3', 'OK-ACCESS-SIGN: …, OK-ACCESS-KEY: …'],
    ['api_sign=a1b2&apiSign=c3&signature=d4', 'api_sign=…&apiSign=…&signature=…'],
    [
      'CONNECT {"user":"u","pass":"a b"} db_pass=c userPass: d',
      'CONNECT {"user":"u","pass":"…"} db_pass=… userPass: …',
    ],
    ['jwt=a1, sessionid=b2, session_id: c3, SessionId=d4', 'jwt=…, sessionid=…, session_id: …, SessionId=…'],
    [
      'pwd=a1 dbPwd: b2, accessKey=c3, access_key=d4, listenKey=e5',
      'pwd=… dbPwd: …, accessKey=…, access_key=…, listenKey=…',
    ],
    ['sent eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s-_1 to it', 'sent … to it'],
    ['["auth","eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."]', '["auth","…"]'],
    ['encrypted eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn', 'encrypted …'],
    ['body {"tokens":["a1","b2"],"n":1}', 'body {"tokens":…,"n":1}'],
    ['body {"token":{"value":"a1"},"n":1}', 'body {"token":…,"n":1}'],
    ["URLSearchParams { 'token' => 'a1', 'n' => '1' }", "URLSearchParams { 'token' => '…', 'n' => '1' }"],
    ['passwords: [ 1, 2', 'passwords: …'],
    ['"https:\\/\\/user:pass@host\\/path"', '"https:\\/\\/host\\/path"'],
    ['Bearer "a1", then', 'Bearer …", then'],
  ])('redacts %s to %s', (text, redacted) => {
    expect(redactSecrets(text)).toBe(redacted);
  });

  it.each([
    '',
    'The connection was closed with code 4401 (expired).',
    'connect ECONNREFUSED 127.0.0.1:80',
    'Why? No #1',
    'signal: SIGTERM, design: flat, assigned=3, signIn: true, signed: yes, assignment=1',
    'The sign is missing.',
    'bypass: 1, passed=2, passive: x, compass=n, The pass is missing.',
    'eyJust a word, and eyJ.nothing',
  ])('does not change %j', (text) => {
    expect(redactSecrets(text)).toBe(text);
  });

  it.each(['wss://bob:hunter2@feed.example/', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s1gnature', 'Bearer hunter2'])(
    'leaves nothing of %s where it cuts',
    (secret) => {
      for (let before = 1950; before <= 2000; before++) {
        const text = redactSecrets(`${'x'.repeat(before)} ${secret}`);

        expect(text).not.toMatch(/bob|hunt|eyJ|s1g/);
        expect(text.length).toBeLessThanOrEqual(2001);
      }
    },
  );

  it('cuts a text that is longer than 2000 characters', () => {
    expect(redactSecrets('x'.repeat(2000))).toBe('x'.repeat(2000));
    expect(redactSecrets('x'.repeat(2001))).toBe(`${'x'.repeat(2000)}…`);
  });

  it('is quick for a megabyte of text that looks like the start of a secret', () => {
    for (const part of [
      'token',
      'token= ',
      'token="',
      'token\\',
      'cookie: ',
      'a://',
      'bearer ',
      'eyJ-',
      'eyJ.',
      'sign: ',
      'Sign="',
    ])
      redactSecrets(part.repeat(200_000));
  });
});

describe('redactSecrets of what is no text', () => {
  it.each([[undefined], [null], [5], [{}]])('throws a TypeError: %o', (text) => {
    expect(() => redactSecrets(text as never)).toThrow(TypeError);
    expect(() => redactSecrets(text as never)).toThrow('Expected `text` to be a string, got ');
  });
});

describe('redactPaths', () => {
  it.each([
    ['Cannot connect to wss://hooks.example/T0/B0/xyz: refused.', 'Cannot connect to wss://hooks.example/…: refused.'],
    ['"wss://host:80/a" and ws://h/b/', '"wss://host:80/…" and ws://h/…'],
    ['wss://host/ and wss://host', 'wss://host/ and wss://host'],
    ['read /etc/hosts', 'read /etc/hosts'],
  ])('redacts %s to %s', (text, redacted) => {
    expect(redactPaths(text)).toBe(redacted);
  });
});
