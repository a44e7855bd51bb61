import { isUnix } from './feed-url.js';
import { UsageError } from './usage-error.js';

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy to connect through, if any: the one that was asked for, else that of the environment, by the variables that
 * curl has: `https_proxy` for `wss:`, `http_proxy` for `ws:`, else `all_proxy`, unless `no_proxy` names the host. In
 * capitals too.
 *
 * @param asked `undefined` if the environment says; empty for none
 * @throws UsageError for a URL that is not of an HTTP proxy; it is not quoted, because it may hold a password
 */
export function proxyFor(feed: string, asked: string | undefined, env: Environment): URL | undefined {
  if (isUnix(feed)) return undefined;
  const url = new URL(feed);
  const [proxy, name] = asked === undefined ? proxyIn(env, url) : [asked, '--proxy'];
  if (!proxy) return undefined;
  const text = proxy.includes('://') ? proxy : `http://${proxy}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`Expected ${name} to be the URL of an HTTP proxy, like http://host:port.`);
  }
  return new URL(text);
}

function proxyIn(env: Environment, url: URL): readonly [proxy: string | undefined, name: string] {
  const isSecure = /^(wss|https):$/.test(url.protocol);
  const names = [isSecure ? 'https_proxy' : 'http_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const name = names.find((candidate) => env[candidate]);
  if (name === undefined || isExempt(url, isSecure, env.no_proxy ?? env.NO_PROXY ?? '')) return [undefined, ''];
  return [env[name], name];
}

/** Whether a list like `localhost,.example.com,host:8080` or `*` names a host. A name stands for what is below it too. */
function isExempt({ hostname, port }: URL, isSecure: boolean, list: string): boolean {
  const actual = port || (isSecure ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, only] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []; // else an IPv6 address without brackets
      if (only !== undefined && only !== actual) return false;
      const suffix = name.replace(/^\*?\./, '');
      return hostname === suffix || hostname === `[${suffix}]` || hostname.endsWith(`.${suffix}`);
    });
}
