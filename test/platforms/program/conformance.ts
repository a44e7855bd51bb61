/* Plays the cases of conformance as a process. Arguments: the server's origin, and whose transport. Prints the outcomes. */

import { nativeTransport, observeWebSocket } from 'rxwire';
import { wsTransport } from 'rxwire/node';
import { playCases } from '../../conformance/client.js';

const [origin = '', name = 'native'] = process.argv.slice(2);
const transport = name === 'ws' ? wsTransport({ perMessageDeflate: true }) : nativeTransport();

process.stdout.write(`${JSON.stringify(await playCases(observeWebSocket, origin, transport))}\n`);
