import * as operators from '../../operators/index.js';
import { createConnection } from '../../src/connection/connection.js';
import { atMost } from '../../src/connection/pace.js';
import { connectionPool } from '../../src/sessions/connection-pool.js';
import { multiplex } from '../../src/sessions/multiplex.js';
import { requestResponse } from '../../src/sessions/request-response.js';

type Operators = Pick<
  typeof operators,
  'heartbeat' | 'inSequence' | 'onOpen' | 'refreshOnUnauthorized' | 'retryWithBackoff' | 'stopOnFatalClose'
>;

/** The part of the library that a world is played with: the sources, or a copy of them with a planted fault. */
export interface Library extends Operators {
  readonly atMost: typeof atMost;
  readonly connectionPool: typeof connectionPool;
  readonly createConnection: typeof createConnection;
  readonly multiplex: typeof multiplex;
  readonly requestResponse: typeof requestResponse;
}

/** The sources as they are. */
export const library: Library = {
  ...operators,
  atMost,
  connectionPool,
  createConnection,
  multiplex,
  requestResponse,
};
