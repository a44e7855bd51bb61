import { proveAll } from './prove.js';
import { canHappen } from './servers/command.js';
import { tls } from './tls.js';

proveAll(tls, canHappen({ programs: ['openssl'] }));
