/* The program as a process. Arguments: the server's URL, and whose transport. It prints its findings. */

import { nativeTransport } from 'rxwire';
import { wsTransport } from 'rxwire/node';
import { runProgram } from './program.js';

const [url = '', name = 'platform'] = process.argv.slice(2);
const transport = { platform: undefined, native: nativeTransport(), ws: wsTransport() }[name];

process.stdout.write(`${JSON.stringify(await runProgram(url, transport))}\n`);
