import { nativeTransport, webSocketStreamTransport } from '../../src/index.js';
import { keepsTheContract, SEES_NOTHING } from '../contract/contract.js';
import { hostedServer } from './hosted-server.js';

keepsTheContract('native', (...script) => hostedServer(nativeTransport(), ...script), {
  pings: false,
  pauses: false,
  headers: false,
  sees: SEES_NOTHING,
});
keepsTheContract('stream', (...script) => hostedServer(webSocketStreamTransport(), ...script), {
  pings: false,
  pauses: true,
  headers: false,
  sees: SEES_NOTHING,
});
