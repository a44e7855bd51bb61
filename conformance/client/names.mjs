import dns from 'node:dns';

/** The names of scenarios, and their addresses in the order in which a resolver gives them. */
const ADDRESSES = new Map([
  ['two.test', ['::1', '127.0.0.1']],
  ['late.test', ['127.0.0.1']],
]);
/** Those that are not known yet. */
const unknown = new Set(['late.test']);

/** From now on this name has its addresses. */
export const makeKnown = (name) => unknown.delete(name);

/** Answers for these names in place of the machine's resolver, in this process. */
export function resolveNames() {
  const { lookup } = dns;
  dns.lookup = (host, options, callback = options) => {
    const addresses = ADDRESSES.get(host);
    if (!addresses) return lookup(host, options, callback);
    const { all = false, family = 0 } = typeof options === 'object' ? options : {};
    const found = addresses
      .map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      .filter((entry) => family === 0 || entry.family === family);
    if (unknown.has(host) || found.length === 0) {
      const error = new Error(`getaddrinfo ENOTFOUND ${host}`);
      process.nextTick(callback, Object.assign(error, { code: 'ENOTFOUND', hostname: host }));
    } else if (all) process.nextTick(callback, null, found);
    else process.nextTick(callback, null, found[0].address, found[0].family);
  };
}
