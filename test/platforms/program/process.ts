/* The program as a process. Arguments: the server's URL, and whose transport. It prints its findings. */

import { nativeTransport } from 'rxwire';
import { wsTransport } from 'rxwire/node';
import { runProgram } from './program.js';
import type { Undici } from './undici.js';

const [url = '', name = 'platform'] = process.argv.slice(2);

/** By a name that its dispatcher alone knows the address of. */
async function withUndici(module: string) {
  const { Agent, WebSocket } = (await import(module)) as Undici;
  const lookup = (_host: string, _options: object, done: (error: null, addresses: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  const dispatcher = new Agent({ connect: { lookup } });
  return nativeTransport({
    create: (to, protocols, headers) => new WebSocket(to, { protocols, headers, dispatcher }),
    canSetHeaders: true,
  });
}

const findings =
  name === 'undici'
    ? runProgram(url.replace('127.0.0.1', 'feed.invalid'), await withUndici(name))
    : runProgram(url, { native: nativeTransport(), ws: wsTransport() }[name]);

process.stdout.write(`${JSON.stringify(await findings)}\n`);
