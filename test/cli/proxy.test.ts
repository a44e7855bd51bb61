import { describe, expect, it } from 'vitest';
import { proxyAgent } from '../../src/cli/proxy-agent.js';
import { proxyFor } from '../../src/cli/proxy-for.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { selfSigned } from '../helpers/self-signed.js';
import { builtCommand, Running } from './command.js';
import { startProxy } from './proxy.js';
import { serve } from './server.js';
import type { Act } from './server.js';

const command = builtCommand();

function rxwire(args: string[], env: Record<string, string> = {}): Running {
  return new Running(process.execPath, [command.path, '-1', ...args], { env });
}

const hello: Act = (socket) => socket.send('"hello"');
const hostOf = (url: string) => new URL(url).host;

describe('A proxy', () => {
  it.each([
    ['ws', undefined],
    ['wss', selfSigned],
  ])('is that of --proxy, for %s:', async (_, tls) => {
    const server = await serve([hello], { ...(tls && { tls }) });
    const proxy = await startProxy('user:secret');

    const run = rxwire([server.url, '-k', '--proxy', `user:secret@${proxy.host}`]);

    expect(await run.output()).toEqual(['"hello"']);
    expect(proxy.tunnels).toEqual([hostOf(server.url)]);
    expect((await run.logLines()).join()).not.toContain('secret');
  });

  it('is that of the environment, unless it is told otherwise', async () => {
    const server = await serve([hello]);
    const proxy = await startProxy();
    const env = { http_proxy: proxy.url };

    expect(await rxwire([server.url], env).output()).toEqual(['"hello"']);
    expect(await rxwire([server.url], { ...env, no_proxy: '127.0.0.1' }).output()).toEqual(['"hello"']);
    expect(await rxwire([server.url, '--proxy', ''], env).output()).toEqual(['"hello"']);
    expect(proxy.tunnels).toEqual([hostOf(server.url)]);
  });

  it('that wants credentials ends the run with an error that names the option', async () => {
    const server = await serve([hello]);
    const proxy = await startProxy('user:secret');
    const run = rxwire([server.url, '--proxy', proxy.url]);

    expect(await run.exit).toBe(1);
    expect((await run.logLines()).at(-1)).toMatch(/^failed .*407.*\(--proxy http:\/\/USER:PASSWORD@HOST /);
  });

  it('that does not answer is named in the error, and so is the option to go without it', async () => {
    const server = await serve([hello]);
    const proxy = await startProxy();
    await proxy.stop();
    const run = rxwire([server.url, '--no-reconnect'], { http_proxy: `http://user:secret@${proxy.host}` });

    expect(await run.exit).toBe(1);
    const lines = await run.logLines();
    expect(lines.at(-1)).toBe(
      `failed connect ECONNREFUSED ${proxy.host} (the proxy is ${proxy.host}; --proxy '' connects without it)`,
    );
    expect(lines.join()).not.toContain('secret');
  });

  it('that refuses is named too, while the connection is retried', async () => {
    const proxy = await startProxy();
    const run = rxwire(['ws://127.0.0.1:1', '--delays', '600000', '--proxy', proxy.url]);

    expect(await run.logLine('reconnecting')).toContain(`(the proxy is ${proxy.host}; --proxy '' connects without it)`);
  });

  it('needs a package, and the message says what to install', async () => {
    const missing = () => Promise.reject(new Error('Cannot find package'));

    const made = proxyAgent(new URL('http://127.0.0.1:1'), missing);

    await expect(made).rejects.toThrow(UsageError);
    await expect(made).rejects.toThrow(/npm install https-proxy-agent/);
  });
});

describe('The proxy of a URL', () => {
  it.each([
    ['wss://feed.example/', { https_proxy: 'http://a:1', http_proxy: 'http://b:2' }, 'http://a:1/'],
    ['ws://feed.example/', { https_proxy: 'http://a:1', HTTP_PROXY: 'b:2' }, 'http://b:2/'],
    ['ws://feed.example/', { ALL_PROXY: 'https://c:3' }, 'https://c:3/'],
    ['ws://feed.example/', { https_proxy: 'http://a:1' }, undefined],
    ['wss://feed.example/', { https_proxy: 'a:1', no_proxy: '*' }, undefined],
    ['wss://feed.example/', { https_proxy: 'a:1', NO_PROXY: 'other, feed.example' }, undefined],
    ['wss://a.feed.example/', { https_proxy: 'a:1', no_proxy: '.feed.example' }, undefined],
    ['wss://a.feed.example/', { https_proxy: 'a:1', no_proxy: '*.feed.example' }, undefined],
    ['wss://a.feed.example/', { https_proxy: 'a:1', no_proxy: 'feed.example' }, undefined],
    ['wss://nofeed.example/', { https_proxy: 'a:1', no_proxy: 'feed.example' }, 'http://a:1/'],
    ['wss://feed.example/', { https_proxy: 'a:1', no_proxy: 'feed.example:443' }, undefined],
    ['wss://feed.example/', { https_proxy: 'a:1', no_proxy: 'feed.example:80' }, 'http://a:1/'],
    ['wss://[::1]:443/', { https_proxy: 'a:1', no_proxy: '[::1]' }, undefined],
    ['wss://[::1]:443/', { https_proxy: 'a:1', no_proxy: '::1' }, undefined],
    ['ws+unix:/a.sock:/', { http_proxy: 'a:1' }, undefined],
  ])('%s in %o is %s', (url, env, expected) => {
    expect(proxyFor(url, undefined, env)?.href).toBe(expected);
  });

  it('is refused unless it is an HTTP proxy, without a word of it', () => {
    const proxy = 'socks5://user:secret@host';

    expect(() => proxyFor('ws://a', proxy, {})).toThrow(/^Expected --proxy .*HTTP proxy/);
    expect(() => proxyFor('ws://a', undefined, { all_proxy: proxy })).toThrow(/^(?!.*secret)Expected all_proxy/);
  });
});
