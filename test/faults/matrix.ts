import type { FaultGroup } from './fault.js';
import { frames } from './frames.js';
import { handshake } from './handshake.js';
import { network } from './network.js';
import { proxies } from './proxies.js';
import { tls } from './tls.js';

/** All faults that are tested. */
export const matrix: readonly FaultGroup[] = [network, proxies, tls, handshake, frames];
