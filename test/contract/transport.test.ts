import { nativeTransport, webSocketStreamTransport } from '../../src/index.node.js';
import type { Transport } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { keepsTheContract, SEES_ALL, SEES_NOTHING, startScripted } from './contract.js';
import type { Start } from './contract.js';
import { realScriptServer } from './real-script-server.js';

const startReal =
  (transport: () => Transport): Start =>
  async (scripts, values) => ({ ...(await realScriptServer(scripts, values)), transport: transport() });

keepsTheContract('ws', startReal(wsTransport), { pings: true, pauses: true, sees: SEES_ALL });
keepsTheContract('native', startReal(nativeTransport), { pings: false, pauses: false, sees: SEES_NOTHING });
keepsTheContract('stream, where there is none,', startReal(webSocketStreamTransport), {
  pings: false,
  pauses: false,
  sees: SEES_NOTHING,
});
keepsTheContract('scripted', startScripted, { pings: true, pauses: true, sees: SEES_ALL });
