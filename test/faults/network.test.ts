import { network } from './network.js';
import { proveAll } from './prove.js';
import { canHappen } from './servers/command.js';

proveAll(network, canHappen({ programs: ['ip', 'nft', 'tc', 'ss', 'nsenter', 'unshare'], asRoot: true }));
