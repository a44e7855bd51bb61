import { nativeTransport, webSocketStreamTransport } from '../../src/index.js';
import { keepsTheContract, SEES_NOTHING } from '../contract/contract.js';
import { hostedServer } from './hosted-server.js';

keepsTheContract('native', (...script) => hostedServer(nativeTransport(), ...script), {
  pings: false,
  pauses: false,
  headers: false,
  sees: SEES_NOTHING,
});
// Chromium alone has it; elsewhere the native one takes its place.
keepsTheContract('stream', (...script) => hostedServer(webSocketStreamTransport(), ...script), {
  pings: false,
  pauses: 'WebSocketStream' in globalThis,
  headers: false,
  sees: SEES_NOTHING,
});
