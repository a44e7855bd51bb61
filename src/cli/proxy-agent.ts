import type { Agent } from 'node:http';
import { UsageError } from './usage-error.js';

/** Imports a module by its name. */
export type ImportModule = (name: string) => Promise<unknown>;

const PACKAGE = 'https-proxy-agent';

/** An agent for a proxy, from a package that is loaded only then. @throws UsageError that says what to install */
export async function proxyAgent(proxy: URL, importModule: ImportModule = (name) => import(name)): Promise<Agent> {
  let module: { readonly HttpsProxyAgent: new (proxy: URL) => Agent };
  try {
    module = (await importModule(PACKAGE)) as typeof module;
  } catch {
    throw new UsageError(
      `A proxy needs the package ${PACKAGE}: npm install ${PACKAGE}, with -g if rxwire is installed so. ` +
        "Without a proxy: --proxy ''.",
    );
  }
  return new module.HttpsProxyAgent(proxy);
}
