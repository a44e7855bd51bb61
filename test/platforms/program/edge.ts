/* The program in a sandbox that evaluates scripts. */

import { runIn } from './run-in.js';

Object.assign(globalThis, { runProgram: (url: string) => runIn({ url, transport: 'native' }) });
