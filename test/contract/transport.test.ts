import { WebSocket } from 'ws';
import { nativeTransport, webSocketStreamTransport } from '../../src/index.node.js';
import type { Transport } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { keepsTheContract, SEES_ALL, SEES_NOTHING, startScripted } from './contract.js';
import type { Start, Traits } from './contract.js';
import { NativeModuleSocket } from './native-module-socket.js';
import { realScriptServer } from './real-script-server.js';

const startReal =
  (transport: () => Transport): Start =>
  async (scripts, values) => ({ ...(await realScriptServer(scripts, values)), transport: transport() });

const NATIVE: Traits = { pings: false, pauses: false, headers: false, sees: SEES_NOTHING };

/** The class of `ws` with the standard WebSocket interface. */
const ofWs = () =>
  nativeTransport({
    create: (url, protocols, headers) => new WebSocket(url, protocols, { headers }),
    canSetHeaders: true,
  });

/** As in React Native, whose WebSocket is not a standard one. */
const ofReactNative = () =>
  nativeTransport({
    create: (url, protocols, headers) => new NativeModuleSocket(url, protocols, { headers }),
    canSetHeaders: true,
  });

keepsTheContract('ws', startReal(wsTransport), { pings: true, pauses: true, headers: true, sees: SEES_ALL });
keepsTheContract('native', startReal(nativeTransport), NATIVE);
keepsTheContract('native, with a WebSocket of our own,', startReal(ofWs), NATIVE);
keepsTheContract("native, with a WebSocket of React Native's shape,", startReal(ofReactNative), NATIVE);
keepsTheContract('stream, where there is none,', startReal(webSocketStreamTransport), NATIVE);
keepsTheContract('scripted', startScripted, { pings: true, pauses: true, headers: true, sees: SEES_ALL });
