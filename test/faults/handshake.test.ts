import { handshake } from './handshake.js';
import { proveAll } from './prove.js';

proveAll(handshake);
