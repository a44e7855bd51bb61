import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * @typedef {object} Handlers what a client reports
 * @property {() => void} onOpen a connection is open
 * @property {(text: string) => unknown} onMessage a message arrived; a promise says when the user has done with it
 * @property {(code?: number, reason?: string) => void} onClose a connection or an attempt has ended
 * @property {(reason?: string) => void} onGiveUp the client has stopped by itself
 */

/**
 * What stands between the suite and a client: a module with these exports, which runs in a process of its own.
 *
 * @typedef {object} Adapter
 * @property {string} path where it lies
 * @property {string} name the name of the client, and its release
 * @property {string} settings the settings that differ from the client's defaults
 * @property {Record<string, { always?: string[], perhaps?: string[] }>} expected what is found in each scenario, by its
 *   id; a scenario that is missing is clean
 * @property {(url: string, handlers: Handlers) => { send(text: string): void, close(): void }} [connect]
 * @property {Record<string, string>} [env] the environment of its process, beside the runner's
 * @property {string[]} [command] in place of `connect`, a program that speaks the lines of `client/host.mjs`
 */

/**
 * @param {string} nameOrPath an adapter of this package, or a module
 * @returns {Promise<Adapter>}
 */
export async function loadAdapter(nameOrPath) {
  const own = fileURLToPath(new URL(`../adapters/${nameOrPath}.mjs`, import.meta.url));
  const path = existsSync(own) ? own : isAbsolute(nameOrPath) ? nameOrPath : resolve(nameOrPath);
  const { name = nameOrPath, settings = '', expected = {}, command } = await import(pathToFileURL(path).href);
  return { path, name, settings, expected, ...(command && { command }) };
}
