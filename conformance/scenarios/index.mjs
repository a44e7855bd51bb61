import * as alive from './alive.mjs';
import * as closing from './closing.mjs';
import * as handshake from './handshake.mjs';
import * as herd from './herd.mjs';
import * as much from './much.mjs';
import * as network from './network.mjs';
import * as server from './server.mjs';
import * as user from './user.mjs';

/** All scenarios. @type {readonly import('../runner/run.mjs').Scenario[]} */
export const scenarios = [server, network, closing, handshake, alive, user, herd, much].flatMap(
  ({ group, scenarios }) => scenarios.map((scenario) => ({ group, ...scenario })),
);
