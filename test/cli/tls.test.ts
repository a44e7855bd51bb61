import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TLSSocket } from 'node:tls';
import { expired, selfSigned } from '../helpers/self-signed.js';
import { builtCommand, Running } from './command.js';
import { folderWith } from './folder.js';
import { serve } from './server.js';
import type { Act } from './server.js';

const command = builtCommand();
const rxwire = (...args: string[]) => new Running(process.execPath, [command.path, ...args]);

const files = () => folderWith({ 'cert.pem': selfSigned.cert, 'key.pem': selfSigned.key });

const hello: Act = (socket) => socket.send('"hello"');

/** Sends the subject of the client's certificate. */
const introduce: Act = (socket, request) => {
  const { subject } = (request.socket as unknown as Pick<TLSSocket, 'getPeerCertificate'>).getPeerCertificate();
  socket.send(JSON.stringify(subject.CN ?? null));
};

describe('A certificate that nobody trusts', () => {
  it('ends the run at once, with an error that names the options', async () => {
    const server = await serve([hello], { tls: selfSigned });
    const run = rxwire(server.url);

    expect(await run.exit).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(
      /^failed .*self.signed.* \(--ca FILE trusts its authority, --insecure accepts any certificate\)$/,
    );
  });

  it.each(['-k', '--insecure'])('is accepted with %s', async (option) => {
    const server = await serve([hello], { tls: selfSigned });

    expect(await rxwire(server.url, option, '-1').output()).toEqual(['"hello"']);
  });

  it('is accepted if its authority is that of --ca', async () => {
    const file = await files();
    const server = await serve([hello], { tls: selfSigned });

    expect(await rxwire(server.url, '--ca', file('cert.pem'), '-1').output()).toEqual(['"hello"']);
  });
});

it('A file of --ca without a certificate makes the command line invalid', async () => {
  const file = await folderWith({ 'notes.txt': 'no certificate', 'key.pem': selfSigned.key });

  for (const name of ['notes.txt', 'key.pem']) {
    const run = rxwire('wss://127.0.0.1:1', '--ca', file(name));

    expect(await run.exit).toBe(2);
    expect((await run.logLines()).join()).toMatch(/^rxwire: --ca is not a PEM file of certificates: /);
  }
});

it('An expired certificate is waited for, with the option in the line', async () => {
  const server = await serve([hello], { tls: expired });

  const run = rxwire(server.url, '--ca', (await folderWith({ ca: expired.cert }))('ca'), '--delays', '600000');

  expect(await run.logLine('reconnecting')).toMatch(/expired.* \(--insecure accepts any certificate\)$/);
});

it('A server without TLS is named as the likely cause', async () => {
  const server = await serve([hello]);
  const run = rxwire(server.url.replace('ws:', 'wss:'), '--no-reconnect');

  expect(await run.exit).toBe(1);
  expect((await run.logLines()).at(-1)).toMatch(/^failed .*\(the server may not speak TLS: try ws:\/\/\)$/);
});

it('A server that speaks TLS alone is named as the likely cause where the URL does not say wss:', async () => {
  const server = await serve([hello], { tls: selfSigned });
  const run = rxwire(server.url.replace('wss://', ''), '--no-reconnect');

  expect(await run.exit).toBe(1);
  expect((await run.logLines()).at(-1)).toMatch(/^failed socket hang up \(.*if it speaks TLS, it wants wss:\/\/\)$/);
});

describe('The certificate of the client', () => {
  const tls = { ...selfSigned, requestCert: true, rejectUnauthorized: false };

  it('is that of --cert and --key, or of --cert alone if it holds both', async () => {
    const file = await files();
    const both = await folderWith({ pem: `${selfSigned.cert}${selfSigned.key}` });
    const server = await serve([introduce], { tls });

    const separate = rxwire(server.url, '-k', '-1', '--cert', file('cert.pem'), '--key', file('key.pem'));
    const together = rxwire(server.url, '-k', '-1', '--cert', both('pem'));

    expect(await separate.output()).toEqual(['"rxwire test"']);
    expect(await together.output()).toEqual(['"rxwire test"']);
  });

  it('has a key that --passphrase unlocks', async () => {
    const locked = createPrivateKey(selfSigned.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'open',
    });
    const file = await folderWith({ 'cert.pem': selfSigned.cert, 'key.pem': String(locked) });
    const server = await serve([introduce], { tls });
    const args = [server.url, '-k', '-1', '--cert', file('cert.pem'), '--key', file('key.pem')];

    const shut = rxwire(...args, '--passphrase', 'wrong');

    expect(await rxwire(...args, '--passphrase', 'open').output()).toEqual(['"rxwire test"']);
    expect(await shut.exit).toBe(2);
    expect((await shut.logLines()).join()).toMatch(/^rxwire: --cert and --key .* \(--passphrase unlocks the key\)$/);
  });

  it('is a file that can be read, or the command line is invalid', async () => {
    const run = rxwire('wss://127.0.0.1:1', '--cert', '/no/such/file');

    expect(await run.exit).toBe(2);
    expect(await run.logLines()).toEqual(["rxwire: --cert: ENOENT: no such file or directory, open '/no/such/file'"]);
  });
});
