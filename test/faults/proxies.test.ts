import { proveAll } from './prove.js';
import { proxies } from './proxies.js';
import { canHappen } from './servers/command.js';

proveAll(proxies, canHappen({ programs: ['nginx', 'haproxy'] }));
